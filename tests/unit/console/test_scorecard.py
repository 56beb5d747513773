"""The command that answers which segmentation to use."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.errors import TesseraError
from orchestration.publishing.manifest import Manifest, MartEntry, hashed_files
from orchestration.publishing.version_store import VersionStore
from tests.unit.scorecard import cards


def shown_by(*arguments: str) -> str:
    return CliRunner().invoke(app, ["scorecard", *arguments], catch_exceptions=False).stdout


def publish(home: Path, *, marts: tuple[str, ...] = ("scheme_scorecard", "scheme_pairs")) -> None:
    store = VersionStore(home / "published")
    with store.build() as draft:
        cards.write_marts(draft.folder / "marts.duckdb")
        manifest = Manifest(
            version=draft.name,
            as_of_date=dt.date(2026, 7, 1),
            published_at=dt.datetime(2026, 7, 2, tzinfo=dt.UTC),
            run_id="run",
            tessera_version="0",
            files=hashed_files(draft.folder),
            marts={name: MartEntry(rows=1, columns=()) for name in marts},
        )
        (draft.folder / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    store.swap_to(draft.name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    publish(tmp_path / "home")
    return tmp_path / "home"


def test_the_answer_stands_above_the_table_and_the_crosses_below(home: Path) -> None:
    shown = shown_by("--home", str(home))
    lines = shown.splitlines()
    assert lines[0].startswith("RFM is the surest: it explains 31 % (28 to 34)")
    (row,) = [line for line in lines if "Lifecycle" in line and "│" in line]
    cells = [cell.strip() for cell in row.split("│")[1:-1]]
    assert cells == ["2", "Lifecycle", "27 % (25 to 29)", "29 % (27 to 31)", "75 %", "90 %", "8", "90", "40 %"]
    assert "Two together: Market <tier> x RFM explains 4 points more" in lines[-2]


def test_the_same_is_there_as_json(home: Path) -> None:
    told = json.loads(shown_by("--json", "--home", str(home)))
    assert (told["version"], told["as_of_date"]) == ("v000001", "2026-03-31")
    assert told["schemes"][0]["spend"] == {"value": 0.31, "lower": 0.28, "upper": 0.34}
    assert [pair["is_chosen"] for pair in told["pairs"]] == [True, False]


def test_the_picture_is_written_beside_the_table_or_the_json(home: Path, tmp_path: Path) -> None:
    shown = shown_by("--plot", str(tmp_path / "a.svg"), "--home", str(home))
    assert str(tmp_path / "a.svg") in shown.replace("\n", "")
    told = shown_by("--json", "--plot", str(tmp_path / "b.svg"), "--home", str(home))
    json.loads(told)
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<svg ")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_picture_that_cannot_be_written_is_told(home: Path, tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="cannot be written") as told:
        shown_by("--plot", str(tmp_path / "no" / "a.svg"), "--home", str(home))
    assert "No such file or directory" in told.value.found


@pytest.mark.parametrize(
    ("marts", "found"), [(None, "no version"), (("customers",), "v000001, from before there was one")]
)
def test_without_a_scorecard_it_says_what_to_do(tmp_path: Path, marts: tuple[str, ...] | None, found: str) -> None:
    if marts:
        publish(tmp_path, marts=marts)
    with pytest.raises(TesseraError, match="there is no scorecard yet") as told:
        shown_by("--home", str(tmp_path))
    assert told.value.found == found
