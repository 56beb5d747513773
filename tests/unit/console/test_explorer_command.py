"""The command that says where the explorer is."""

from __future__ import annotations

import datetime as dt
import webbrowser
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.console.summary import show_paths
from orchestration.errors import TesseraError
from orchestration.explorer.page import EXPLORER_NAME
from orchestration.publishing.manifest import Manifest, MartEntry, hashed_files
from orchestration.publishing.version_store import VersionStore
from tests.support import explored
from tests.support.deployments import write_config


def said(*arguments: str) -> str:
    return CliRunner().invoke(app, ["explorer", *arguments], catch_exceptions=False).stdout.strip()


def publish(home: Path, *, with_page: bool) -> None:
    store = VersionStore(home / "published")
    with store.build() as draft:
        explored.write(draft.folder)
        if with_page:
            (draft.folder / EXPLORER_NAME).write_text("<!doctype html>", encoding="utf-8")
        manifest = Manifest(
            version=draft.name,
            as_of_date=dt.date(2026, 6, 30),
            published_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC),
            run_id="run",
            tessera_version="0",
            files=hashed_files(draft.folder),
            marts={"customers": MartEntry(rows=400, columns=())},
        )
        (draft.folder / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    store.swap_to(draft.name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two versions: the first one is from before there was an explorer."""
    publish(tmp_path / "home", with_page=False)
    publish(tmp_path / "home", with_page=True)
    return tmp_path / "home"


def test_it_says_where_the_served_versions_page_is(home: Path) -> None:
    assert said("--home", str(home)).endswith(f"v000002/{EXPLORER_NAME}")


@pytest.mark.parametrize("asked", ["2", "v000002", "v2"])
def test_a_version_is_named_as_one_likes(home: Path, asked: str) -> None:
    assert said("--home", str(home), "--version", asked).endswith(f"v000002/{EXPLORER_NAME}")


def test_it_opens_the_page_in_the_browser(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    said("--home", str(home), "--open")
    assert opened == [(home / "published" / "v000002" / EXPLORER_NAME).resolve().as_uri()]


def test_a_version_without_a_page_says_how_to_make_one(home: Path) -> None:
    with pytest.raises(TesseraError, match=r"v000001 has no explorer\.html") as error:
        said("--home", str(home), "--version", "1")
    assert "--into" in error.value.fix


def test_a_page_is_made_anew_with_the_settings_company_and_nothing_in_the_version_changes(
    home: Path, tmp_path: Path
) -> None:
    config, page = write_config(tmp_path), tmp_path / "page.html"
    shown = said("--home", str(home), "--version", "1", "--into", str(page), "--config", str(config))
    assert shown == str(page)
    assert '"version":"v000001"' in page.read_text(encoding="utf-8")
    assert not (home / "published" / "v000001" / EXPLORER_NAME).exists()


def test_a_page_that_cannot_be_written_is_told(home: Path, tmp_path: Path) -> None:
    config, page = write_config(tmp_path), tmp_path / "nowhere" / "page.html"
    with pytest.raises(TesseraError, match="cannot be written"):
        said("--home", str(home), "--into", str(page), "--config", str(config))


@pytest.mark.parametrize("asked", ["7", "latest", "-1"])
def test_a_version_that_is_not_kept_is_named_with_those_that_are(home: Path, asked: str) -> None:
    with pytest.raises(TesseraError, match=f"no version {asked}") as error:
        said("--home", str(home), "--version", asked)
    assert "v000001, v000002" in error.value.expected


def test_before_the_first_night_it_says_to_run_one(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="no version to look at") as error:
        said("--home", str(tmp_path))
    assert error.value.fix == "run a night: tessera run"


def test_a_night_ends_with_where_to_look_at_it(home: Path) -> None:
    store = VersionStore(home / "published")
    console = Console(record=True, width=200)
    served = store.current()
    assert served is not None
    show_paths(console, served)
    assert f"current/{EXPLORER_NAME}" in console.export_text()
    store.rollback("v000001")
    before = store.current()
    assert before is not None
    show_paths(console, before)
    assert EXPLORER_NAME not in console.export_text()
