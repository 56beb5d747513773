"""Needs of best-worst choices: preferred where enough people chose, steady over nights, told with what is left out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from ml.errors import NotEnoughAnswersError
from ml.surveys import max_diff
from ml.surveys.typing_model import TypingModel
from orchestration.configuration.thresholds import default_thresholds
from orchestration.found_segments.found import Found
from orchestration.found_segments.inference import infer, learn_typing
from orchestration.found_segments.needs import NEEDS
from orchestration.found_segments.typing_features import TYPING_FEATURES
from tests.support.found_customers import customers_of, held
from tests.unit.found_segments.conftest import BEFORE, TONIGHT, fill, kind_of, tasks, write_tasks

THRESHOLDS = default_thresholds()
CHOSE = tasks(240)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """300 of 900 customers answered statements; who chose is written by each test."""
    with duckdb.connect() as warehouse:
        fill(warehouse, respondents=300)
        yield warehouse


def find(
    connection: duckdb.DuckDBPyConnection,
    rows: pd.DataFrame = CHOSE,
    *,
    previous: Mapping[str, Any] | None = None,
    **thresholds: float,
) -> Found:
    write_tasks(connection, rows)
    kept = None if previous is None else json.loads(json.dumps(previous))
    return held(NEEDS.find(connection, tonight=TONIGHT, previous=kept, thresholds={**THRESHOLDS, **thresholds}))


@pytest.fixture(scope="module")
def chosen(connection: duckdb.DuckDBPyConnection) -> Found:
    return find(connection)


@pytest.fixture
def nobody_inferred(monkeypatch: pytest.MonkeyPatch) -> None:
    """No typing model, which takes longer to learn than the classes."""

    def refused(*_: object, **__: object) -> None:
        raise NotEnoughAnswersError("none", expected="some", found="none", fix="ask")

    monkeypatch.setattr(TypingModel, "fit", refused)


def rows_of(found: Found, date: dt.date = TONIGHT) -> pd.DataFrame:
    rows = customers_of(found).to_pandas()
    return rows[rows["as_of_date"] == date].set_index("customer_id")


def said(found: Found) -> pd.Series:
    rows = rows_of(found)
    return rows.loc[[reasons[0]["value"] == "said so" for reasons in rows["reasons"]], "segment_code"]


def form_of(found: Found) -> str:
    assert found.parameters is not None
    return str(found.parameters["form"])


def test_choices_are_preferred_to_statements_and_find_the_true_kinds(chosen: Found) -> None:
    assert form_of(chosen) == "best_worst"
    codes = said(chosen)
    assert len(codes) == 240
    assert adjusted_rand_score([kind_of(customer) for customer in codes.index], codes) > 0.6
    names = chosen.segments.to_pandas()["segment_name"]
    assert sorted(name.split()[0].casefold() for name in names) == ["nature", "pride", "thrift"]
    assert "choices in best-worst tasks" in chosen.detail
    assert "240 respondents" in chosen.detail
    assert chosen.status == "pass"


def test_the_reasons_say_how_often_an_item_was_best_and_worst(chosen: Found) -> None:
    rows = rows_of(chosen)
    code = rows.loc["c0000", "segment_code"]
    basis, first, *_ = rows.loc["c0000", "reasons"]
    assert basis["value"] == "said so"
    asked = CHOSE[CHOSE["customer_id"] == "c0000"]
    item = first["feature"]
    counts = (
        (asked["best_item"] == item).sum(),
        (asked["worst_item"] == item).sum(),
        asked["shown"].map(set).ge({item}).sum(),
    )
    assert first["value"] == "best in {} and worst in {} of {}".format(*counts)
    assert first["effect"] > 0
    assert code in set(chosen.segments.to_pandas()["segment_code"])


def test_everybody_else_is_inferred_as_with_statements(chosen: Found) -> None:
    inferred = rows_of(chosen).drop(index=said(chosen).index)
    assert len(inferred) > 300
    assert (inferred["confidence"] >= 0.6).all()
    assert set(inferred["segment_code"]) <= set(chosen.segments["segment_code"].to_pylist())


@pytest.mark.parametrize("explain", [True, False])
def test_nobody_is_inferred_where_everybody_said_so_or_nobody_is_certain_enough(
    connection: duckdb.DuckDBPyConnection, chosen: Found, explain: bool
) -> None:
    assert chosen.parameters is not None
    kept = json.loads(json.dumps(chosen.parameters["typing"]))
    typing = learn_typing(
        connection, pd.Series(), tonight=TONIGHT, minimum_probability=0.7, minimum_responses=200, kept=kept
    )
    assert typing.model is not None
    nobody = pd.Index([], dtype=object)
    assert infer(connection, typing, date=TONIGHT, said=nobody, explain=explain).num_rows > 100
    (first, *_) = TYPING_FEATURES
    everybody = connection.execute(f"select distinct customer_id from features.{first}").fetchdf()["customer_id"]
    assert infer(connection, typing, date=TONIGHT, said=pd.Index(everybody), explain=explain).num_rows == 0
    typing.model.min_probability = 1.01
    assert infer(connection, typing, date=TONIGHT, said=nobody, explain=explain).num_rows == 0


def test_a_choice_counts_from_its_day_on(chosen: Found) -> None:
    before = rows_of(chosen, BEFORE)
    assert before["confidence"].max() < 1
    assert before["reasons"].isna().all()


def test_rows_in_another_order_give_the_same_segments(connection: duckdb.DuckDBPyConnection, chosen: Found) -> None:
    again = find(connection, CHOSE.sample(frac=1, random_state=4))
    assert again.parameters == chosen.parameters
    assert customers_of(again).equals(customers_of(chosen))


def test_the_same_choices_apply_the_kept_model_without_learning(
    connection: duckdb.DuckDBPyConnection, chosen: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_again(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(max_diff, "fit_choice_classes", not_again)
    monkeypatch.setattr(TypingModel, "fit", not_again)
    again = find(connection, previous=chosen.parameters)
    assert again.parameters == chosen.parameters
    assert customers_of(again).equals(customers_of(chosen))
    with pytest.raises(AssertionError):
        find(connection, previous=chosen.parameters, needs_minimum_responses=201)


@pytest.mark.usefixtures("nobody_inferred")
def test_codes_and_names_stay_when_more_have_chosen(connection: duckdb.DuckDBPyConnection, chosen: Found) -> None:
    # Kinds are equally frequent: dealt by size, codes would change with whoever answers.
    later = find(connection, tasks(296, seed=8), previous=chosen.parameters)
    before, after = said(chosen), said(later)
    assert adjusted_rand_score(before, after[before.index]) > 0.6
    names = [
        dict(found.segments.select(["segment_code", "segment_name"]).to_pandas().to_numpy())
        for found in (chosen, later)
    ]
    assert names[0] == names[1]
    assert (before == after[before.index]).mean() > 0.8


@pytest.mark.usefixtures("nobody_inferred")
def test_of_too_few_who_chose_statements_tell_the_classes_and_it_is_said_why(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    found = find(connection, tasks(150))
    assert form_of(found) == "statements"
    assert {code[0] for code in found.segments["segment_code"].to_pylist()} == {"n"}
    assert "not of choices" in found.detail
    assert "150" in found.detail


@pytest.mark.usefixtures("nobody_inferred")
def test_a_night_of_another_form_does_not_deal_the_codes_anew(
    connection: duckdb.DuckDBPyConnection, chosen: Found
) -> None:
    between = find(connection, CHOSE.head(0), previous=chosen.parameters)
    assert form_of(between) == "statements"
    # Everybody again, and fewer of the class that had been the largest.
    codes = said(chosen)
    largest = codes.value_counts().index[0]
    fewer = CHOSE[~CHOSE["customer_id"].isin(codes.index[codes == largest][:20])]
    after = said(find(connection, fewer, previous=between.parameters))
    assert (after == codes[after.index]).mean() > 0.95
    statements = find(
        connection, CHOSE.head(0), previous=find(connection, fewer, previous=between.parameters).parameters
    )
    assert said(statements).equals(said(between))


@pytest.mark.usefixtures("nobody_inferred")
def test_answers_that_do_not_count_are_left_out_and_told(connection: duckdb.DuckDBPyConnection, chosen: Found) -> None:
    spoilt = tasks(7, survey="tool:spoilt", seed=3, count=3).assign(best_item=None, unusable_reason="no_best")
    lines = tasks(2, survey="tool:lines", seed=3).assign(is_straight_liner=True)
    others = tasks(5, survey="tool:others", seed=3)
    others = others.assign(
        shown=[[f"other {item}" for item in shown] for shown in others["shown"]],
        best_item="other " + others["best_item"],
        worst_item="other " + others["worst_item"],
    )
    slip = tasks(1, seed=5, count=1).assign(
        question_id="t99", shown=[["pride", "thirft"]], best_item="pride", worst_item="thirft"
    )
    short = tasks(301, seed=6, count=3).tail(3)
    found = find(connection, pd.concat([CHOSE, spoilt, lines, others, slip, short], ignore_index=True))
    for told in (
        "21 no best", "16 straight liner", "40 of another survey", "1 with an item hardly anybody saw",
        "3 of a response with too few",
    ):  # fmt: skip
        assert told in found.detail
    assert said(found).equals(said(chosen))


def test_surveys_that_show_the_same_items_stand_together_and_the_newest_response_counts(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    first = tasks(200, survey="tool:a", answered=dt.date(2026, 4, 2))
    # Everybody answers again, as somebody of another kind.
    second = tasks(241, survey="tool:b", answered=dt.date(2026, 5, 2))
    number = second["customer_id"].str[1:].astype(int) - 1
    second = second[number >= 0].assign(customer_id=[f"c{value:04d}" for value in number[number >= 0]])
    found = find(connection, pd.concat([first, second], ignore_index=True))
    assert "in 2 surveys" in found.detail
    codes = said(found)
    assert len(codes) == 240
    assert adjusted_rand_score([(kind_of(customer) + 1) % 3 for customer in codes.index], codes) > 0.6
    code_of = {kind: group.mode()[0] for kind, group in codes.groupby([(kind_of(c) + 1) % 3 for c in codes.index])}
    before = rows_of(found, BEFORE)
    asked = [customer for customer in before.index if int(customer[1:]) < 200]
    assert sum(before.loc[c, "segment_code"] == code_of[kind_of(c)] for c in asked) / len(asked) > 0.8


@pytest.mark.usefixtures("nobody_inferred")
def test_choices_that_are_too_old_do_not_count(connection: duckdb.DuckDBPyConnection) -> None:
    age = (TONIGHT - CHOSE["answered_date"].iloc[0].date()).days
    assert form_of(find(connection, needs_maximum_age_days=age + 1)) == "best_worst"
    assert form_of(find(connection, needs_maximum_age_days=age)) == "strongest"


@pytest.mark.usefixtures("nobody_inferred")
def test_items_in_everybodys_own_words_are_no_survey_of_needs(connection: duckdb.DuckDBPyConnection) -> None:
    words = CHOSE.assign(shown=[[f"{item} {row // 30}" for item in shown] for row, shown in enumerate(CHOSE["shown"])])
    words = words.assign(
        best_item=[f"{item} {row // 30}" for row, item in enumerate(CHOSE["best_item"])],
        worst_item=[f"{item} {row // 30}" for row, item in enumerate(CHOSE["worst_item"])],
    )
    found = find(connection, words.assign(response_key="r" + (words.index % 8).astype(str)))
    assert form_of(found) == "statements"
    assert "too many different items" in found.detail


@pytest.mark.usefixtures("nobody_inferred")
def test_hostile_items_are_only_text(connection: duckdb.DuckDBPyConnection, chosen: Found) -> None:
    hostile = {
        "pride": "<script>alert(1)</script>",
        "thrift": "'; drop table features.int_surveys__best_worst; --",
        "nature": "basis",
        "ease": "=1+1|{{ var }} " + "long " * 30,
    }
    found = find(
        connection,
        CHOSE.assign(
            shown=[[hostile[item] for item in shown] for shown in CHOSE["shown"]],
            best_item=CHOSE["best_item"].map(hostile),
            worst_item=CHOSE["worst_item"].map(hostile),
        ),
    )
    assert adjusted_rand_score(said(chosen), said(found)) == 1
    names = found.segments["segment_name"].to_pylist()
    assert any(name.startswith("<script>alert(1)</script> first") for name in names)
    assert max(map(len, names)) < 130
    assert rows_of(found)["reasons"].str[0].str["feature"].eq("basis").all()
