"""The mart data_quality: this night's answers, and those of the published nights before it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from data_contracts.contract import load_contract
from orchestration.gate.quality_mart import HISTORY_NIGHTS, quality_frame
from orchestration.gate.verdict import Verdict
from orchestration.repository import OUTBOUND_CONTRACTS

NIGHT = dt.date(2024, 5, 31)


@pytest.fixture
def frame_of(result, tmp_path: Path):
    def make(night: dt.date, *, run_id: str, served: pd.DataFrame | None = None, names=("a", "b")) -> pd.DataFrame:
        folder = None
        if served is not None:
            folder = tmp_path / run_id
            folder.mkdir()
            served.to_parquet(folder / "data_quality.parquet", index=False)
        results = tuple(result(name, as_of_date=night, run_id=run_id, kind="build", records=7) for name in names)
        questions = {name: f"Is {name} so?" for name in names}
        return quality_frame(Verdict(night, results=results, questions=questions), served=folder)

    return make


def test_the_first_night_holds_its_own_results_in_the_contracts_words(frame_of) -> None:
    frame = frame_of(NIGHT, run_id="r1")
    assert frame["check_name"].tolist() == ["a", "b"]
    assert frame["is_current"].all()
    assert frame["records_count"].tolist() == [7, 7]
    assert frame["rejected_count"].isna().all()
    assert "started_at" not in frame


def test_the_columns_are_those_of_the_outbound_contract(frame_of) -> None:
    contract = load_contract(OUTBOUND_CONTRACTS / "data_quality.odcs.yaml")
    assert set(frame_of(NIGHT, run_id="r1").columns) == set(contract.column_names)


def test_each_check_has_its_question_beside_it_and_a_night_without_them_is_carried_on(frame_of) -> None:
    before = frame_of(NIGHT, run_id="r1").drop(columns="question")
    frame = frame_of(NIGHT + dt.timedelta(days=1), run_id="r2", served=before)
    told = frame.loc[frame["is_current"]].set_index("check_name")["question"].to_dict()
    assert told == {"a": "Is a so?", "b": "Is b so?"}
    assert frame.loc[~frame["is_current"], "question"].isna().all()


def test_moments_are_in_utc_without_a_zone(frame_of) -> None:
    checked_at = frame_of(NIGHT, run_id="r1")["checked_at"]
    assert checked_at.dt.tz is None
    assert checked_at[0] == pd.Timestamp("2024-06-01 02:01:00")


def test_earlier_nights_are_carried_on_and_only_this_one_is_current(frame_of) -> None:
    first = frame_of(NIGHT, run_id="r1")
    second = frame_of(NIGHT + dt.timedelta(days=1), run_id="r2", served=first)
    third = frame_of(NIGHT + dt.timedelta(days=2), run_id="r3", served=second)
    assert third.groupby("run_id")["is_current"].agg(list).to_dict() == {
        "r1": [False, False],
        "r2": [False, False],
        "r3": [True, True],
    }
    assert list(third.columns) == list(first.columns)


def test_a_result_that_is_in_the_history_already_is_there_once(frame_of) -> None:
    # A build whose loads were kept from an earlier run: the served version holds their results too.
    served = frame_of(NIGHT, run_id="r1", names=("a", "b"))
    again = frame_of(NIGHT, run_id="r1", served=served, names=("a", "c"))
    assert sorted(again["check_name"]) == ["a", "b", "c"]
    assert again.set_index("check_name")["is_current"].to_dict() == {"a": True, "c": True, "b": False}


def test_the_same_night_run_again_keeps_both_runs(frame_of) -> None:
    again = frame_of(NIGHT, run_id="r2", served=frame_of(NIGHT, run_id="r1"))
    assert again.groupby("run_id")["is_current"].all().to_dict() == {"r1": False, "r2": True}


def test_only_the_newest_nights_of_the_history_are_kept(frame_of) -> None:
    one = frame_of(NIGHT, run_id="r1", names=("a",))
    days = [NIGHT - dt.timedelta(days=back) for back in range(1, HISTORY_NIGHTS + 21)]
    history = pd.concat([one.assign(as_of_date=day, run_id=f"h{day}") for day in days], ignore_index=True)
    kept = frame_of(NIGHT, run_id="r1", served=history, names=("a",))
    assert set(kept["as_of_date"]) == {NIGHT, *days[:HISTORY_NIGHTS]}
    assert len(kept) == HISTORY_NIGHTS + 1


def test_a_served_version_without_the_mart_is_a_first_night(frame_of, result, tmp_path: Path) -> None:
    verdict = Verdict(NIGHT, results=(result("a"),))
    assert len(quality_frame(verdict, served=tmp_path)) == 1
