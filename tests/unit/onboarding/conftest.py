"""Drafting out of small files."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.onboarding.draft import Draft, draft_source
from orchestration.onboarding.file_form import Given
from orchestration.repository import ROOT

NOW = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
Drafter = Callable[..., Draft]


def put_project(folder: Path) -> Path:
    """A project of the same form without any source."""
    for below in ("data_contracts/inbound", "dbt_project/macros", "dbt_project/models/canonical"):
        shutil.copytree(ROOT / below, folder / below, ignore=shutil.ignore_patterns("*.odcs.yaml"))
    (folder / "data_contracts/outbound").mkdir()
    return folder


@pytest.fixture(scope="session")
def empty_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put_project(tmp_path_factory.mktemp("empty") / "project")


@pytest.fixture
def draft(tmp_path: Path, empty_project: Path) -> Drafter:
    """Draft a source out of a text, or a file; nothing is written."""

    def drafted(
        content: str | Path,
        *,
        name: str = "till__receipts",
        file: str = "file.csv",
        entity: str | None = None,
        currency: str | None = None,
        project: Path | None = None,
        **given: str,
    ) -> Draft:
        path = content
        if isinstance(content, str):
            path = tmp_path / file
            path.write_text(content, encoding=given.get("encoding", "utf-8"), newline="")
        workspace = Path(tempfile.mkdtemp(dir=tmp_path))
        return draft_source(
            name,
            path,
            project=project or empty_project,
            given=Given(**given),
            entity=entity,
            currency=currency,
            workspace=workspace,
            now=NOW,
        )

    return drafted
