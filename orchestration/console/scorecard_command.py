"""The command ``tessera scorecard``.

Belongs here: its options. Does not belong here: what it shows (scorecard_tables.py), finding it out (``scorecard``).
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


def scorecard(
    as_json: Annotated[bool, typer.Option("--json", help="The same as one JSON object.")] = False,
    plot: Annotated[Path | None, typer.Option("--plot", help="Write a picture of it into this SVG file.")] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="The state folder. Default: $TESSERA_HOME or .tessera.")
    ] = None,
) -> None:
    """Show which segmentation foresees best what customers do, of the served version."""
    # Imported here because the other commands should not wait for what reads data.
    import duckdb

    from orchestration.console.scorecard_tables import show_scorecard
    from orchestration.publishing.version_store import VersionStore
    from orchestration.scorecard.plot import scorecard_svg
    from orchestration.scorecard.scores import read_scorecard

    located = Home.locate(home)
    version = VersionStore(located.published).current()
    if version is None or not {"scheme_scorecard", "scheme_pairs"} <= set(version.rows):
        raise TesseraError(
            "there is no scorecard yet",
            expected=f"a published version with the mart scheme_scorecard in {located.published}",
            found="no version" if version is None else f"{version.name}, from before there was one",
            fix="run a night: tessera run",
        )
    with duckdb.connect(str(version.path / "marts.duckdb"), read_only=True) as marts:
        card = read_scorecard(marts)
    if plot is not None:
        _write(plot, scorecard_svg(card))
    if as_json:
        told = {"version": version.name, **asdict(card)}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1, default=str))
        return
    console = Console(width=None if sys.stdout.isatty() else 140)
    show_scorecard(console, card)
    if plot is not None:
        console.print(f"\nThe picture is in {plot}", highlight=False, soft_wrap=True, markup=False)


def _write(path: Path, svg: str) -> None:
    try:
        path.write_text(svg, encoding="utf-8")
    except OSError as error:
        raise TesseraError(
            f"--plot {path} cannot be written",
            expected="a file in a folder that exists",
            found=f"{type(error).__name__}: {error.strerror}",
            fix="make the folder, or name another file",
        ) from error
