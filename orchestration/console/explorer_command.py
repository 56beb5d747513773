"""The command ``tessera explorer``.

Belongs here: its options, finding the version, opening a browser. Does not belong here: the page (``explorer``).
"""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orchestration.errors import TesseraError
from orchestration.home import Home
from orchestration.publishing.version_store import Version, VersionStore


def explorer(
    version: Annotated[
        str | None, typer.Option("--version", help="A kept version, such as 42 or v000042. Default: the served one.")
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    into: Annotated[
        Path | None, typer.Option("--into", help="Make the page anew from the version's marts, into this file.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="The tessera.yml, for --into. Default: as for tessera run.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="The state folder. Default: $TESSERA_HOME or .tessera.")
    ] = None,
) -> None:
    """Say where the page is that shows the segments to everybody."""
    from orchestration.explorer.page import EXPLORER_NAME

    found = named_version(VersionStore(Home.locate(home).published), version)
    page = found.path / EXPLORER_NAME
    if into is not None:
        page = _made_anew(found, into, config=config, home=home)
    elif not page.is_file():
        raise TesseraError(
            f"{found.name} has no {EXPLORER_NAME}",
            expected="the page that each version is published with",
            found="a version from before there was one",
            fix=f"make it from the version's marts: tessera explorer --version {found.name} --into {EXPLORER_NAME}",
        )
    Console().print(str(page), highlight=False, soft_wrap=True, markup=False)
    if open_it:
        webbrowser.open(page.resolve().as_uri())


def named_version(store: VersionStore, asked: str | None) -> Version:
    """The version that somebody names, such as 42 or v000042; the served one where nobody does.

    Raises:
        TesseraError: There is no such version.
    """
    kept = store.versions()
    number = (asked or "").removeprefix("v")
    for version in kept:
        if version.is_current if asked is None else number.isdecimal() and version.number == int(number):
            return version
    raise TesseraError(
        "there is no version to look at" if asked is None else f"there is no version {asked}",
        expected=f"one of {', '.join(version.name for version in kept)}" if kept else "a published version",
        found="nothing served" if asked is None else asked,
        fix="tessera versions lists them" if kept else "run a night: tessera run",
    )


def _made_anew(version: Version, into: Path, *, config: Path | None, home: Path | None) -> Path:
    # Imported here because the other commands should not wait for what reads data.
    from orchestration.configuration.deployment import load_deployment
    from orchestration.explorer.about import about_version
    from orchestration.explorer.page import explorer_html

    html = explorer_html(version.path, about_version(load_deployment(config, home), version.name))
    try:
        into.write_text(html, encoding="utf-8")
    except OSError as error:
        raise TesseraError(
            f"--into {into} cannot be written",
            expected="a file in a folder that exists",
            found=f"{type(error).__name__}: {error.strerror}",
            fix="make the folder, or name another file",
        ) from error
    return into
