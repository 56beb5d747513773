"""dbt's manifest of a deployment, parsed only when something that it depends on has changed.

Belongs here: keeping the manifest fresh. Does not belong here: reading it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import shutil
import sys
from pathlib import Path

from dagster_dbt import DbtProject

from orchestration.configuration.deployment import Deployment
from orchestration.dbt_command import LeanDbtCliResource
from orchestration.errors import TesseraError
from orchestration.repository import DBT_PROJECT
from orchestration.resources import dbt_environment
from orchestration.warm_dbt.starting import CLIENT_ARGUMENTS


def dbt_project(deployment: Deployment) -> DbtProject:
    """The dbt project, with its target folder in the deployment's home."""
    return DbtProject(project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT, target_path=deployment.home.dbt / "target")


def dbt_resource() -> LeanDbtCliResource:
    """The dbt command of this Python environment, whatever the PATH says, handed to the warm process."""
    return LeanDbtCliResource(
        project_dir=str(DBT_PROJECT),
        profiles_dir=str(DBT_PROJECT),
        dbt_executable=sys.executable,
        global_config_flags=CLIENT_ARGUMENTS,
    )


def vars_argument(deployment: Deployment) -> list[str]:
    """The ``--vars`` of every dbt command; always the same text, since a changed one costs a full parse."""
    return ["--vars", json.dumps(deployment.dbt_vars, sort_keys=True)]


def fresh_manifest(deployment: Deployment) -> Path:
    """Return the path of an up-to-date manifest, parsing the project if needed (about five CPU seconds).

    Raises:
        TesseraError: dbt cannot parse the project.
    """
    project = dbt_project(deployment)
    stamp = _stamp(deployment)
    fingerprint = _fingerprint(deployment)
    if project.manifest_path.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint:
        return project.manifest_path
    deployment.home.dbt.mkdir(parents=True, exist_ok=True)
    with dbt_environment(deployment, as_of_date="1970-01-01", fingerprint=fingerprint):
        parse = dbt_resource().cli(
            ["parse", "--quiet", *vars_argument(deployment)],
            raise_on_error=False,
            target_path=project.project_dir / project.target_path,
        )
        if not parse.is_successful():
            raise TesseraError(
                "dbt cannot parse the project",
                expected=f"a valid dbt project in {DBT_PROJECT}",
                found=str(parse.get_error() or "see dbt's log"),
                fix=f"read {deployment.home.dbt / 'target' / 'dbt.log'} and correct the model it names",
            )
    stamp.write_text(fingerprint, encoding="utf-8")
    return project.manifest_path


def parsed_fingerprint(deployment: Deployment) -> str:
    """Return the fingerprint of what ``fresh_manifest`` has parsed."""
    return _stamp(deployment).read_text(encoding="utf-8")


def _stamp(deployment: Deployment) -> Path:
    return deployment.home.dbt / "manifest.fingerprint"


def prune_run_folders(deployment: Deployment, *, keep: int = 20) -> None:
    """Delete all but the newest folders that dbt runs leave in the target (logs, compiled SQL, results)."""
    folders = [path.parent for path in (deployment.home.dbt / "target").glob("*/dbt.log")]
    for folder in sorted(folders, key=lambda folder: folder.stat().st_mtime)[:-keep]:
        shutil.rmtree(folder, ignore_errors=True)


def _fingerprint(deployment: Deployment) -> str:
    digest = hashlib.sha256()
    for package in ("dbt-core", "dbt-duckdb"):
        digest.update(importlib.metadata.version(package).encode())
    digest.update(json.dumps(deployment.dbt_vars, sort_keys=True).encode())
    for path in sorted(DBT_PROJECT.rglob("*")):
        if path.suffix in {".sql", ".yml", ".csv", ".md"} and path.is_file():
            digest.update(path.relative_to(DBT_PROJECT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
