"""The command ``tessera treatments``.

Belongs here: its options. Does not belong here: what it shows (treatment_tables.py).
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orchestration.errors import TesseraError
from orchestration.home import Home


def treatments(
    dimension: Annotated[
        list[str] | None, typer.Option("--dimension", help="Only this dimension; may be given several times.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as one JSON list.")] = False,
    home: Annotated[
        Path | None, typer.Option("--home", help="The state folder. Default: $TESSERA_HOME or .tessera.")
    ] = None,
) -> None:
    """Show the rules of the treatment policy with whom each got, of the served version."""
    # Imported here because the other commands should not wait for what reads data.
    import duckdb

    from orchestration.console.treatment_tables import show_rules
    from orchestration.explanation.treatments import read_rules
    from orchestration.publishing.version_store import VersionStore

    located = Home.locate(home)
    version = VersionStore(located.published).current()
    if version is None or "treatment_rules" not in version.rows:
        raise TesseraError(
            "there are no treatments yet",
            expected=f"a published version with the mart treatment_rules in {located.published}",
            found="no version" if version is None else f"{version.name}, from before there were any",
            fix="run a night: tessera run",
        )
    with duckdb.connect(str(version.path / "marts.duckdb"), read_only=True) as marts:
        rules = read_rules(marts)
    known = list(dict.fromkeys(rule.dimension for rule in rules))
    unknown = [name for name in dimension or () if name not in known]
    if unknown:
        raise TesseraError(
            f"there is no dimension {unknown[0]} in the published version",
            expected=f"one of {', '.join(known)}",
            found=", ".join(unknown),
            fix="correct the name",
        )
    shown = [rule for rule in rules if not dimension or rule.dimension in dimension]
    if as_json:
        typer.echo(json.dumps([asdict(rule) for rule in shown], ensure_ascii=False, indent=1, default=str))
        return
    show_rules(Console(width=None if sys.stdout.isatty() else 150), shown, version=version)
