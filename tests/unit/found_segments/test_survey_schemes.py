"""Schemes of surveys: who answered has what was answered, others what can be inferred, and each is told apart."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import duckdb
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from ml.errors import NoEligibleClustersError
from ml.surveys.latent_classes import LatentClassSegmenter
from ml.surveys.typing_model import TypingModel
from orchestration.configuration.thresholds import default_thresholds
from orchestration.found_segments import inference, likert_classes
from orchestration.found_segments.benefits import BENEFITS
from orchestration.found_segments.found import Found
from orchestration.found_segments.found_scheme import FoundScheme
from orchestration.found_segments.needs import NEEDS
from orchestration.found_segments.psychographic import PSYCHOGRAPHIC
from tests.support.found_customers import customers_of, held
from tests.unit.found_segments.conftest import ANSWERED, BEFORE, TONIGHT, fill, kind_of, write

THRESHOLDS = default_thresholds()


def find(
    scheme: FoundScheme,
    connection: duckdb.DuckDBPyConnection,
    *,
    previous: Mapping[str, Any] | None = None,
    tonight: dt.date = TONIGHT,
    **thresholds: float,
) -> Found:
    return held(scheme.find(connection, tonight=tonight, previous=previous, thresholds={**THRESHOLDS, **thresholds}))


def rows_of(found: Found, date: dt.date = TONIGHT) -> pd.DataFrame:
    rows = customers_of(found).to_pandas()
    rows = rows[rows["as_of_date"] == date].set_index("customer_id")
    return rows.assign(basis=[None if reasons is None else reasons[0]["value"] for reasons in rows["reasons"]])


@pytest.fixture(scope="module")
def psychographic(warehouse: duckdb.DuckDBPyConnection) -> Found:
    return find(PSYCHOGRAPHIC, warehouse)


def test_respondents_are_in_the_class_of_their_kind(psychographic: Found) -> None:
    rows = rows_of(psychographic)
    said = rows[rows["basis"] == "said so"]
    assert len(said) == 300
    assert adjusted_rand_score([kind_of(customer) for customer in said.index], said["segment_code"]) > 0.9
    assert said["confidence"].between(0, 1).all()
    names = psychographic.segments.to_pandas().set_index("segment_code")["segment_name"]
    assert sorted(name.split()[0] for name in names) == ["Nature", "Pride", "Thrift"]


def test_others_are_inferred_where_it_is_certain_enough_and_the_reasons_say_so(psychographic: Found) -> None:
    rows = rows_of(psychographic)
    inferred = rows[rows["basis"] == "inferred"]
    assert 300 < len(inferred) <= 600
    assert (inferred["confidence"] >= 0.6).all()
    said = rows[rows["basis"] == "said so"]
    code_of = {kind_of(customer): code for customer, code in said["segment_code"].items()}
    right = [code_of[kind_of(customer)] == code for customer, code in inferred["segment_code"].items()]
    assert sum(right) / len(right) > 0.8
    assert {reasons[1]["feature"] for reasons in inferred["reasons"]} == {"top_category=" + name for name in CATEGORIES}


CATEGORIES = ("vases", "lamps", "plants")


def test_an_answer_counts_from_its_day_on_and_before_it_everybody_is_inferred_alike(psychographic: Found) -> None:
    before = rows_of(psychographic, BEFORE)
    assert before["basis"].isna().all()
    assert before["confidence"].max() < 1
    # Features were the same then, so those who answered later have what is inferred from them.
    answered_later = [customer for customer in before.index if int(customer[1:]) < 300]
    assert len(answered_later) > 100


def test_an_answer_that_is_too_old_counts_no_longer(warehouse: duckdb.DuckDBPyConnection) -> None:
    age = (TONIGHT - ANSWERED).days
    old = find(PSYCHOGRAPHIC, warehouse, psychographic_maximum_age_days=age)
    assert old.parameters is None
    assert find(PSYCHOGRAPHIC, warehouse, psychographic_maximum_age_days=age + 1).parameters is not None


def test_below_200_respondents_nobody_has_a_class_and_it_is_said_why(small_survey: duckdb.DuckDBPyConnection) -> None:
    found = find(PSYCHOGRAPHIC, small_survey)
    assert (customers_of(found).num_rows, found.segments.num_rows) == (0, 0)
    assert found.status == "warn"
    assert "200" in found.detail
    assert "150" in found.detail


def test_without_any_answer_it_is_said_too(small_survey: duckdb.DuckDBPyConnection) -> None:
    small_survey.execute("delete from features.int_surveys__statements")
    found = find(PSYCHOGRAPHIC, small_survey)
    assert (found.parameters, found.status) == (None, "warn")
    assert "no answers" in found.detail


def test_the_same_answers_apply_the_kept_model_without_learning(
    warehouse: duckdb.DuckDBPyConnection, psychographic: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_again(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("ml.surveys.latent_classes.choose_classes", not_again)
    monkeypatch.setattr(TypingModel, "fit", not_again)
    monkeypatch.setattr(likert_classes.LikertFactors, "fit", not_again)
    kept = json.loads(json.dumps(psychographic.parameters))
    again = find(PSYCHOGRAPHIC, warehouse, previous=kept)
    assert again.parameters == psychographic.parameters
    assert customers_of(again).equals(customers_of(psychographic))
    with pytest.raises(AssertionError):
        find(PSYCHOGRAPHIC, warehouse, psychographic_minimum_responses=201, previous=kept)
    with pytest.raises(AssertionError):
        PSYCHOGRAPHIC.find(warehouse, tonight=TONIGHT, previous=kept, thresholds=THRESHOLDS, refit=True)


def test_rows_in_another_order_give_the_same_segments(
    warehouse: duckdb.DuckDBPyConnection, psychographic: Found
) -> None:
    tables = warehouse.execute(
        "select table_schema || '.' || table_name from information_schema.tables where table_schema = 'features'"
    ).fetchall()
    with duckdb.connect() as shuffled:
        shuffled.execute("create schema features")
        for (table,) in tables:
            write(shuffled, table, warehouse.execute(f"from {table}").fetchdf().sample(frac=1, random_state=5))
        found = find(PSYCHOGRAPHIC, shuffled)
    assert found.parameters == psychographic.parameters
    assert customers_of(found).equals(customers_of(psychographic))


def test_a_model_that_cannot_be_read_starts_codes_anew_and_says_so(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = find(PSYCHOGRAPHIC, warehouse, previous={"learnt_from": "x", "classes": {"format": "other"}})
    assert found.status == "warn"
    assert "start anew" in found.detail
    assert found.segments.num_rows == 3


def test_a_night_without_classes_does_not_deal_the_codes_anew(psychographic: Found) -> None:
    rows = rows_of(psychographic)
    codes = rows.loc[rows["basis"] == "said so", "segment_code"]
    with duckdb.connect() as connection:
        fill(connection, respondents=300)
        between = psychographic
        for _ in range(2):
            between = find(PSYCHOGRAPHIC, connection, previous=written(between), psychographic_minimum_responses=301)
            assert (customers_of(between).num_rows, between.segments.num_rows, between.status) == (0, 0, "warn")
        # Then everybody again, but for some of the class that was the largest and so had the first code.
        gone = codes.index[codes == codes.min()][:30].tolist()
        connection.execute("delete from features.int_surveys__statements where customer_id in $gone", {"gone": gone})
        after = rows_of(find(PSYCHOGRAPHIC, connection, previous=written(between)))
    codes_after = after.loc[after["basis"] == "said so", "segment_code"]
    assert len(codes_after) == 270
    assert (codes_after == codes[codes_after.index]).mean() > 0.95


def written(found: Found) -> dict[str, Any]:
    """Return the parameters as they are read back."""
    parameters: dict[str, Any] = json.loads(json.dumps(found.parameters))
    return parameters


def test_nobody_is_inferred_where_features_say_nothing(small_survey: duckdb.DuckDBPyConnection) -> None:
    with duckdb.connect() as connection:
        fill(connection, respondents=300, tells=0.0)
        found = find(PSYCHOGRAPHIC, connection)
    assert set(rows_of(found)["basis"]) == {"said so"}
    assert "nobody else is inferred" in found.detail


def certain(*, respondents: int, share: float, right: float) -> TypingModel:
    model = TypingModel()
    model.report_ = {"respondents": float(respondents), "typed_share": share, "typed_accuracy": right}
    return model


@pytest.mark.parametrize(
    ("share", "right", "told"),
    [(0.03, 0.6, ""), (0.029, 0.9, "too few"), (0.03, 0.59, "59% right where 60% are promised")],
)
def test_nobody_is_inferred_where_those_who_are_certain_are_few_or_often_wrong(
    share: float, right: float, told: str
) -> None:
    found = inference._certain_in_vain(certain(respondents=1000, share=share, right=right))
    assert told in found
    assert bool(told) == bool(found)


def test_needs_are_classes_where_enough_answered(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = find(NEEDS, warehouse)
    assert found.segments.num_rows == 3
    assert set(rows_of(found)["basis"]) == {"said so", "inferred"}
    assert set(rows_of(found)["segment_code"]) == set(found.segments["segment_code"].to_pylist())


def test_without_classes_the_stated_need_is_inferred_for_others(
    warehouse: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if no number of classes were stable.
    monkeypatch.setattr(LatentClassSegmenter, "fit", unstable)
    found = find(NEEDS, warehouse, needs_minimum_responses=150)
    assert found.segments.num_rows == 0
    rows = rows_of(found)
    assert set(rows["basis"]) == {"inferred"}
    # Who stated something keeps it, and no clear need is nothing to be like.
    assert min(int(customer[1:]) for customer in rows.index) >= 300
    assert set(rows["segment_code"]) <= {"pride", "thrift"}
    assert "strongest need counts" in found.detail


def unstable(*_: object, **__: object) -> None:
    raise NoEligibleClustersError("no number of classes", expected="stable", found="none", fix="ask")


def test_too_few_answers_leave_needs_to_those_who_stated_them(small_survey: duckdb.DuckDBPyConnection) -> None:
    found = find(NEEDS, small_survey)
    assert (customers_of(found).num_rows, found.segments.num_rows) == (0, 0)
    # No fault: the scheme is what it was before there was a model.
    assert found.status == "not_available"
    assert "nobody else is inferred" in found.detail


def test_benefits_are_inferred_for_those_who_chose_none(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = find(BENEFITS, warehouse)
    rows = rows_of(found)
    assert found.status == "pass"
    assert set(rows["basis"]) == {"inferred"}
    assert min(int(customer[1:]) for customer in rows.index) >= 300
    right = [(code == "a_present") == (kind_of(customer) == 0) for customer, code in rows["segment_code"].items()]
    assert sum(right) / len(right) > 0.85
    assert "right out of fold" in found.detail


def test_kept_benefits_are_applied_without_learning(
    warehouse: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = find(BENEFITS, warehouse)

    def not_again(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(TypingModel, "fit", not_again)
    again = find(BENEFITS, warehouse, previous=json.loads(json.dumps(found.parameters)))
    assert again.parameters == found.parameters
    assert customers_of(again).equals(customers_of(found))
