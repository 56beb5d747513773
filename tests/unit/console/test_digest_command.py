"""The command that prints a digest, and what the console says of notices."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.console.summary import show_notices
from orchestration.digest.compose import digest_of
from orchestration.digest.files import write_digest
from orchestration.errors import TesseraError
from orchestration.home import Home
from orchestration.notices.ledger import NoticeLedger
from orchestration.notices.notice import Delivery, Notice
from orchestration.publishing.manifest import Manifest, hashed_files
from orchestration.publishing.version_store import VersionStore
from tests.support import digested

NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions; the first one is from before there were digests."""
    home = tmp_path_factory.mktemp("home")
    store = VersionStore(home / "published")
    for has_digest in (False, True):
        with store.build() as draft:
            digested.write(draft.folder)
            if has_digest:
                write_digest(draft.folder, digest_of(digested.edition(draft.folder), None, digested.ABOUT))
            manifest = Manifest(
                version=draft.name,
                as_of_date=digested.NIGHT,
                published_at=NOW,
                run_id="run",
                tessera_version="0",
                files=hashed_files(draft.folder),
                marts={},
            )
            (draft.folder / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
        store.swap_to(draft.name)
    return home


def said(home: Path, *arguments: str) -> str:
    done = CliRunner().invoke(app, ["digest", "--home", str(home), *arguments], catch_exceptions=False)
    return done.stdout


def test_it_prints_the_files_of_the_served_version(home: Path) -> None:
    served = home / "published" / "current"
    assert said(home) == (served / "digest.md").read_text(encoding="utf-8")
    assert said(home, "--html", "--version", "2") == (served / "digest.html").read_text(encoding="utf-8")


def test_a_version_without_one_and_one_that_is_not_there_are_told(home: Path) -> None:
    with pytest.raises(TesseraError, match="v000001 has no digest"):
        said(home, "--version", "1")
    with pytest.raises(TesseraError, match="there is no version 9"):
        said(home, "--version", "9")


def test_the_console_says_who_was_told_and_who_could_not_be(tmp_path: Path) -> None:
    home = Home(tmp_path)
    notice = Notice(event="published", run_id="run-1", title="t", text="t")
    NoticeLedger(home.notices).note(
        notice,
        [Delivery(channel="webhook A", status="sent"), Delivery(channel="[b]", status="not sent", detail="status 500")],
        now=NOW,
    )
    shown = io.StringIO()
    show_notices(Console(file=shown, width=120), SimpleNamespace(home=home), "run-1")
    assert shown.getvalue().splitlines() == [
        "notice         webhook A: sent",
        "notice         [b]: not sent (status 500)",
    ]
