"""The command ``tessera digest``.

Belongs here: its options, printing. Does not belong here: what a digest says (``digest``), finding a version
(``explorer_command``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.console.explorer_command import named_version
from orchestration.home import Home
from orchestration.publishing.version_store import VersionStore


def digest(
    version: Annotated[
        str | None, typer.Option("--version", help="A kept version, such as 42 or v000042. Default: the served one.")
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="As HTML, for a mail, in place of Markdown.")] = False,
    home: Annotated[
        Path | None, typer.Option("--home", help="The state folder. Default: $TESSERA_HOME or .tessera.")
    ] = None,
) -> None:
    """Print what a marketer should know of a night, on one screen."""
    from orchestration.digest.files import read_digest
    from orchestration.digest.markdown import as_markdown
    from orchestration.digest.page import as_html

    told = read_digest(named_version(VersionStore(Home.locate(home).published), version).path)
    typer.echo((as_html if html else as_markdown)(told), nl=False)
