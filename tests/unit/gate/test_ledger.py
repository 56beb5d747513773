"""What is recorded is read back, under any accident."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.gate.ledger import Ledger, Result

MOMENTS = st.datetimes(
    min_value=dt.datetime.fromisoformat("1990-01-01"),
    max_value=dt.datetime.fromisoformat("2090-01-01"),
    timezones=st.just(dt.UTC),
)
RESULTS = st.builds(
    Result,
    name=st.sampled_from(["a", "b", "c"]),
    kind=st.sampled_from(["build", "contract", "dbt", "model"]),
    subject=st.text(max_size=10),
    severity=st.sampled_from(["error", "warn"]),
    status=st.sampled_from(["pass", "warn", "fail"]),
    as_of_date=st.dates(),
    run_id=st.text(max_size=5),
    started_at=MOMENTS,
    completed_at=MOMENTS,
    failures=st.integers(0, 10**12),
    records=st.none() | st.integers(0, 10**12),
    rejected=st.none() | st.integers(0, 10**12),
    detail=st.text(max_size=20),
)


def test_a_missing_file_is_an_empty_ledger(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "none" / "ledger.json").results() == {}
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=60, deadline=None)
@given(batches=st.lists(st.lists(RESULTS, max_size=4), max_size=4))
def test_what_was_recorded_last_under_a_name_is_read_back_exactly(batches: list[list[Result]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "build" / "ledger.json"
        known: dict[str, Result] = {}
        for batch in batches:
            Ledger(path).record(batch)
            known |= {result.name: result for result in batch}
        assert Ledger(path).results() == known


def test_a_new_result_takes_the_place_of_the_old_one_and_leaves_the_others(tmp_path: Path, result) -> None:
    ledger = Ledger(tmp_path / "ledger.json")
    ledger.record([result("a"), result("b")])
    ledger.record([result("a", status="fail", run_id="run-2")])
    assert ledger.results()["a"].status == "fail"
    assert ledger.results()["b"].run_id == "run-1"


def test_forgotten_results_leave_a_gap_and_unknown_names_do_no_harm(tmp_path: Path, result) -> None:
    ledger = Ledger(tmp_path / "ledger.json")
    ledger.record([result("a"), result("b")])
    ledger.forget(["a", "never recorded"])
    assert set(ledger.results()) == {"b"}
    Ledger(tmp_path / "other.json").forget(["a"])
    assert not (tmp_path / "other.json").exists()


def test_a_write_that_dies_half_way_leaves_the_ledger_as_it_was(
    tmp_path: Path, result, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.json"
    Ledger(path).record([result("a")])

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    # The instant before the new file takes the old one's place: whatever was written must not be in it.
    monkeypatch.setattr(os, "replace", power_cut)
    monkeypatch.setattr(Path, "replace", power_cut)
    with pytest.raises(KeyboardInterrupt):
        Ledger(path).record([result("b")])
    monkeypatch.undo()
    assert set(Ledger(path).results()) == {"a"}
    Ledger(path).record([result("c")])
    assert set(Ledger(path).results()) == {"a", "c"}
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.json"]
