"""``tessera explain`` as a person uses it, on a home with a published night."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.console.explain_tables import change_in_words
from orchestration.explanation.explain import Change
from orchestration.explanation.features import Kind
from orchestration.explanation.numbers import shown_value
from tests.support.explained_home import ExplainedHome, explained_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> ExplainedHome:
    return explained_home(tmp_path_factory.mktemp("explained"))


def shown(home: ExplainedHome, *arguments: str) -> str:
    deployment = home.deployment
    places = ["--config", str(deployment.config_path), "--home", str(deployment.home.root)]
    done = CliRunner().invoke(app, ["explain", *arguments, *places], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_segment_rule_reasons_and_the_ways_into_others_are_shown(home: ExplainedHome) -> None:
    told = shown(home, "c_001", "--scheme", "rfm")
    assert "c_001, night of 2026-06-01, v000002" in told
    assert "RFM: new, since 2026-05-31 or before" in told
    assert "rule: R 5 and F 1, first order within 60 days" in told
    assert "order_count" in told
    assert "-0.50" in told
    assert "days_since_last_order 7 -> 31 or more: Lost" in told
    assert "order_count 1 -> 2: Potential loyalist" in told
    assert "Lifecycle" not in told


def test_without_a_scheme_all_are_shown_and_said_where_nothing_was_tried(home: ExplainedHome) -> None:
    told = shown(home, "c_001")
    assert "Behavioural clusters: c01" in told
    assert "What would have to change was not tried: it reads what ml.ml_customers__clusters has worked out" in told
    assert "Nothing in one or two of the values that its rule reads would change it." in told
    assert "has_card false -> true: holder" in told


@pytest.mark.parametrize("asked", ["hubspot:1", "mm@shop.example"])
def test_nothing_personal_is_shown(home: ExplainedHome, asked: str) -> None:
    for told in (shown(home, asked), shown(home, asked, "--json")):
        assert home.maria in told
        assert asked not in told
        assert "muster" not in told.lower()


def test_a_merged_id_is_said_to_be_one(home: ExplainedHome) -> None:
    assert "c_merged was merged; its records now belong to:\nc_001, night of" in shown(home, "c_merged")


def test_the_explanation_as_json_is_the_same(home: ExplainedHome) -> None:
    told = json.loads(shown(home, "c_001", "--scheme", "rfm", "--scheme", "vip", "--json"))
    assert [each["membership"]["scheme"] for each in told["schemes"]] == ["rfm", "vip"]
    rfm = told["schemes"][0]
    assert rfm["membership"]["since"] == "2026-05-31"
    assert {
        "family": "purchases",
        "feature": "days_since_last_order",
        "kind": "whole",
        "value": "7",
        "to": "31",
        "low": "31",
        "high": None,
    }.items() <= next(other for other in rfm["others"] if other["segment_code"] == "lost")["changes"][0].items()


def test_a_change_of_a_chance_is_told_in_per_cent_unless_that_hides_it() -> None:
    told = {"family": "predictions", "feature": "p_return_90d", "kind": "real", "to": "0.5", "low": "0.5", "high": None}
    far, near = (Change(**told, value=value, distance=0.1) for value in ("0.42079207920792078", "0.4999999"))
    assert change_in_words(far) == "p_return_90d 42.1 % -> 50 % or more"
    assert change_in_words(near) == "p_return_90d 0.4999999 -> 50 % or more"


@pytest.mark.parametrize(
    ("kind", "value", "to", "low", "high", "words"),
    [
        ("whole", "75", "60", None, "60", "75 -> 60 or fewer"),
        ("whole", "75", "90", "90", None, "75 -> 90 or more"),
        ("whole", "75", "60", "31", "60", "75 -> 31 to 60"),
        ("whole", "75", "90", "90", "120", "75 -> 90 to 120"),
        ("whole", "1", "2", "2", "2", "1 -> 2"),
        ("real", "0.75", "0.6", None, "0.6", "0.75 -> 0.6 or less"),
        ("date", "2026-01-02", "2026-01-01", None, "2026-01-01", "2026-01-02 -> 2026-01-01 or earlier"),
        ("date", "2026-01-02", "2026-01-03", "2026-01-03", None, "2026-01-02 -> 2026-01-03 or later"),
        ("text", "DE", "AT", "AT", "AT", "DE -> AT"),
        ("whole", None, "30", None, None, "nothing -> any value, such as 30"),
    ],
)
def test_a_change_is_told_as_one_says_it(
    kind: Kind, value: str | None, to: str, low: str | None, high: str | None, words: str
) -> None:
    change = Change(family="any", feature="thing", kind=kind, value=value, to=to, low=low, high=high, distance=0.1)
    assert change_in_words(change) == f"thing {words}"


@given(
    scale=st.sampled_from([0, 2, 6]),
    own=st.integers(-(10**9), 10**9),
    ends=st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=2).map(sorted),
    comes_from_above=st.booleans(),
)
@example(scale=0, own=19, ends=[2, 3], comes_from_above=True)
def test_no_range_is_told_with_its_low_end_above_its_high_one(
    scale: int, own: int, ends: list[int], comes_from_above: bool
) -> None:
    value, low, high = (f"{Decimal(each).scaleb(-scale):f}" for each in (own, *ends))
    told = change_in_words(
        Change(
            family="any",
            feature="thing",
            kind="real" if scale else "whole",
            value=value,
            to=high if comes_from_above else low,
            low=low,
            high=high,
            distance=0.1,
        )
    )
    shown = [Decimal(end) for end in told.partition(" -> ")[2].split(" to ")]
    assert shown == sorted(shown)
    # Rounding may make one value of both ends, and nothing else may.
    assert len(shown) == 2 or shown_value("thing", low) == shown_value("thing", high)


def test_help_says_what_may_be_asked_for(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["explain", "--help"])
    assert "customer_id" in done.output
    assert "--scheme" in done.output
