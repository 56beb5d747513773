"""Which cross of two schemes earns its place, on simulated customers of whom it is known, by the project's own SQL."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from tests.unit.dbt.test_scheme_scorecard import MODELS, VARIABLES, build, people

PAIR_MODELS = {
    **{name: folder for name, folder in MODELS.items() if name != "scheme_scorecard"},
    "int_scorecard__pair_sums": "evaluation",
    "int_scorecard__pair_shares": "evaluation",
    "int_scorecard__pairs": "evaluation",
    "scheme_pairs": "marts",
}


def judged(customers: pd.DataFrame, *, combined_pair: list[str], **more: pd.Series) -> pd.DataFrame:
    """The mart, of schemes that each know a part of what kind a customer is, and of one of chance."""
    kind = customers["kind"]
    schemes = {"half": kind // 2, "parity": kind % 2, "coin": customers["coin"], **more}
    variables = {**VARIABLES, "schemes": list(schemes), "combined_pair": combined_pair}
    with duckdb.connect() as con:
        build(con, customers, schemes, models=PAIR_MODELS, variables=variables)
        return con.execute("from scheme_pairs order by gain_rank").fetchdf()


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return people(seed=11)


@pytest.fixture(scope="module")
def pairs(customers: pd.DataFrame) -> pd.DataFrame:
    return judged(customers, combined_pair=[])


def test_two_halves_of_what_there_is_to_know_earn_their_place_together(pairs: pd.DataFrame) -> None:
    best = pairs.iloc[0]
    assert (best["first_scheme"], best["second_scheme"], best["best_scheme"]) == ("half", "parity", "half")
    assert best["gain_share_lower"] > 0.02
    assert best["cells_count"] == 4
    assert best["smallest_cell_customers_count"] >= 100
    assert pairs["is_chosen"].tolist() == [True, False, False]


def test_chance_adds_nothing_to_a_scheme(pairs: pd.DataFrame) -> None:
    with_coin = pairs[(pairs["first_scheme"] == "coin") | (pairs["second_scheme"] == "coin")]
    assert len(with_coin) == 2
    assert not with_coin["has_earned_its_place"].any()
    # Against the better one of its two, the cross of the coin and parity would not look that bad.
    assert with_coin.set_index("second_scheme").loc["parity", "gain_share_upper"] < 0


def test_no_cross_earns_its_place_beside_a_single_scheme_that_knows_as_much(customers: pd.DataFrame) -> None:
    found = judged(customers, combined_pair=[], kind=customers["kind"])
    assert set(found["best_scheme"]) == {"kind"}
    halves = found[(found["first_scheme"] == "half") & (found["second_scheme"] == "parity")].iloc[0]
    assert halves["gain_share"] == pytest.approx(0, abs=1e-12)
    assert not found["is_chosen"].any()


def test_cells_of_fewer_than_a_hundred_customers_earn_nothing(customers: pd.DataFrame) -> None:
    few = customers[customers["customer_id"].isin(customers["customer_id"].unique()[:380])].reset_index(drop=True)
    found = judged(few, combined_pair=[])
    assert (found["smallest_cell_customers_count"] < 100).all()
    assert not found["is_chosen"].any()


def test_a_choice_is_the_same_the_night_after(customers: pd.DataFrame, pairs: pd.DataFrame) -> None:
    again = judged(customers, combined_pair=["half", "parity"])
    assert again["is_combined"].tolist() == again["is_chosen"].tolist() == pairs["is_chosen"].tolist()
    assert again["gain_over_combined_share"].iloc[0] == 0
    assert (again["gain_over_combined_share_lower"].iloc[1:] < 0).all()
