"""The command ``tessera new-source``.

Belongs here: its options, and the order of drafting, writing and telling. Does not belong here: drafting
(``onboarding``), the words of the summary (new_source_summary.py).
"""

from __future__ import annotations

import datetime as dt
import re
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orchestration.errors import TesseraError
from orchestration.repository import ROOT


def new_source(
    name: Annotated[str, typer.Argument(help="The contract's name, <source>__<table>, such as till__receipts.")],
    file: Annotated[Path, typer.Option("--from", help="The file: CSV, JSON, JSON lines, Parquet or Excel.")],
    entity: Annotated[
        str | None,
        typer.Option("--entity", help="What its records are, such as order_lines, or none. Default: guessed."),
    ] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", help="Of a CSV file. Default: found out.")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Of a text file. Default: found out.")] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="Of a workbook. Default: the only one with data.")
    ] = None,
    file_format: Annotated[
        str | None, typer.Option("--format", help="csv, jsonl, json, parquet or excel. Default: found out.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", help="Zone of times without an offset, such as Europe/Berlin.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", help="ISO code of the amounts, where no column has it.")
    ] = None,
    project: Annotated[Path, typer.Option("--project", help="The checkout to write to. Default: this one.")] = ROOT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
) -> None:
    """Draft a contract, a staging model and its test out of a file that the project has never seen."""
    # Imported here because they read data, which the other commands should not wait for.
    from orchestration.console.new_source_summary import show_draft, show_texts
    from orchestration.onboarding.draft import draft_source
    from orchestration.onboarding.file_form import Given

    _check(file_format, currency)
    console = Console(width=None if sys.stdout.isatty() else 150)
    with tempfile.TemporaryDirectory(prefix="tessera-new-source-") as workspace:
        draft = draft_source(
            name,
            file,
            project=project.resolve(),
            given=Given(
                format=file_format,  # type: ignore[arg-type]
                delimiter=delimiter,
                encoding=encoding,
                sheet=sheet,
                time_zone=time_zone,
            ),
            entity=entity,
            currency=currency,
            workspace=Path(workspace),
            now=dt.datetime.now(tz=dt.UTC),
        )
    if dry_run:
        show_texts(console, draft)
    else:
        draft.files.write()
    show_draft(console, draft, name=name, written=not dry_run)


def _check(file_format: str | None, currency: str | None) -> None:
    formats = ("csv", "jsonl", "json", "parquet", "excel")
    if file_format is not None and file_format not in formats:
        raise TesseraError(
            f"--format {file_format} is not known",
            expected=f"one of {', '.join(formats)}",
            found=file_format,
            fix="correct it, or leave it out to have it found out",
        )
    if currency is not None and not re.fullmatch("[A-Z]{3}", currency):
        raise TesseraError(
            f"--currency {currency} is not a currency",
            expected="an ISO 4217 code such as EUR or USD",
            found=currency,
            fix="correct it",
        )
