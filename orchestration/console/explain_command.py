"""The command ``tessera explain``.

Belongs here: its options. Does not belong here: what it shows (explain_tables.py), finding it out (``explanation``).
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orchestration.configuration.deployment import load_deployment


def explain(
    customer: Annotated[
        str,
        typer.Argument(
            help="A customer_id (also a merged one); where records are matched also a reference such as hubspot:123 "
            "or an e-mail address."
        ),
    ],
    schemes: Annotated[
        list[str] | None, typer.Option("--scheme", help="Only this scheme; may be given several times.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as one JSON object.")] = False,
    config: Annotated[Path | None, typer.Option("--config", help="The tessera.yml, as for tessera run.")] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="The state folder. Default: $TESSERA_HOME or .tessera.")
    ] = None,
) -> None:
    """Show why a customer is in its segments, and what would have to change for others."""
    # Imported here because the other commands should not wait for what reads data.
    from orchestration.console.explain_tables import show_segments_explained
    from orchestration.explanation.explain import explain_segments

    told = explain_segments(load_deployment(config, home), customer, schemes=schemes or ())
    if as_json:
        typer.echo(json.dumps(asdict(told), ensure_ascii=False, indent=1, default=str))
        return
    show_segments_explained(Console(width=None if sys.stdout.isatty() else 120), told)
