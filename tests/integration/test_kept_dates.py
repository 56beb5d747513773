"""What was computed for a past date is kept until something known by then changes; a rebuild gives the same rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from tests.support import every_family, nights, small_families
from tests.support.every_family import FIRST_NIGHT, LATE, SECOND_NIGHT

MONTH_ENDS = [date.date() for date in pd.date_range("2024-01-31", SECOND_NIGHT, freq="ME")]
# Kept by the dates before assignments, and for as long as what followed them.
CAMPAIGNS = {"int_campaigns__kept_sums"}
# Kept by the day on which something happened; all others by the evaluated date.
BY_DAY = {
    "int_purchases__customer_days",
    "int_purchases__orders",
    "int_purchases__customer_sku_days",
    "int_purchases__customer_category_days",
    "int_purchases__category_sales",
    "int_geography__customer_days",
}
# Kept by the evaluated date, but for as long as what came after it is the same.
OUTCOMES = {"outcome_customers__purchases", "outcome_customers__categories"}
# Kept likewise, of dates of which the first horizon is over.
JUDGED = {"int_scorecard__kept_sums"}
# Kept by month, once it is over.
BY_MONTH = {"int_kpis__customer_months"}
# Kept by the date on which the members of a period are taken, once the period is over.
RESULTS = {"int_kpis__kept_sums", "int_kpis__kept_movers"}
# Kept while models say the same of a date: a rebuild learns them anew, from other nights.
BY_MODELS = {"int_kpis__model_sums", "int_kpis__model_movers", "int_kpis__model_steps"}
HORIZON = dt.timedelta(days=90)
# Nothing is foretold of so few customers, and no cross of schemes has been chosen.
OF_NOTHING = {"int_predictive__boundaries", "seg_customers__combined"}
Computed = dict[str, dict[dt.date, str]]


def history(night: nights.Night) -> dict[str, set[tuple[object, ...]]]:
    """The rows of every table that is kept by date."""
    with duckdb.connect(str(night.deployment.home.warehouse), read_only=True) as warehouse:
        tables = warehouse.execute(
            "select notes.table_name, kept.schema_name from duckdb_tables() as notes "
            "join duckdb_tables() as kept on notes.table_name = kept.table_name and kept.schema_name <> 'as_of_notes' "
            "where notes.schema_name = 'as_of_notes'"
        ).fetchall()
        return {
            table: {tuple(map(str, row)) for row in warehouse.execute(f"from {schema}.{table}").fetchall()}
            for table, schema in tables
        }


def computed_by(night: nights.Night) -> Computed:
    """For every kept table which dbt run computed each date."""
    with duckdb.connect(str(night.deployment.home.warehouse), read_only=True) as warehouse:
        tables = warehouse.execute(
            "select table_name from duckdb_tables() where schema_name = 'as_of_notes'"
        ).fetchall()
        return {
            table: dict(warehouse.execute(f"select input_date, computed_by from as_of_notes.{table}").fetchall())
            for (table,) in tables
        }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@dataclass(frozen=True)
class Left:
    """What a night left, taken before another in the same home.

    Who computed what, the customers' bytes, the names of the classes of needs, and whose class the answers say.
    """

    computed: Computed
    customers: bytes
    need_names: dict[str, str]
    needs: dict[str, str]

    @classmethod
    def by(cls, night: nights.Night) -> Left:
        assert night.served is not None
        names = night.warehouse("select segment_code, segment_name from ml.ml_segments__needs")
        needs = night.warehouse(
            "select customer_map.profile_id, needs.segment_code "
            "from ml.ml_customers__needs as needs "
            "join identity.int_identity__customer_map as customer_map on needs.customer_id = customer_map.customer_id "
            "where needs.reasons[1].value = 'said so'"
        )
        return cls(
            computed_by(night),
            (night.served.path / "customers.parquet").read_bytes(),
            dict(names.to_numpy()),
            dict(needs.to_numpy()),
        )


@pytest.fixture(scope="module")
def left(folder: Path) -> list[Left]:
    told = [(FIRST_NIGHT, False), (SECOND_NIGHT, False), (SECOND_NIGHT, True)]
    return [Left.by(every_family.run(folder, date, every_family.order_lines(late=late))) for date, late in told]


@pytest.fixture(scope="module")
def three_nights(left: list[Left]) -> list[Computed]:
    return [night.computed for night in left]


def by_date(computed: Computed, *, tables: set[str] | None = None) -> Computed:
    """Of the tables that are kept by what was known on the date, or of those that are named."""
    others = CAMPAIGNS | BY_DAY | OUTCOMES | JUDGED | BY_MONTH | RESULTS | BY_MODELS
    return {table: dates for table, dates in computed.items() if (table in tables if tables else table not in others)}


def test_the_first_night_computes_every_date(three_nights: list[Computed]) -> None:
    first = by_date(three_nights[0])
    assert {"feat_customers__purchases", "seg_customers__rfm", "seg_customers__lifecycle"} <= set(first)
    for table, dates in first.items():
        assert sorted(dates) == [*MONTH_ENDS, FIRST_NIGHT], table


def test_the_night_after_computes_its_own_date_only(three_nights: list[Computed]) -> None:
    first, second, _ = map(by_date, three_nights)
    for table, dates in second.items():
        assert sorted(dates) == [*MONTH_ENDS, SECOND_NIGHT], table
        assert [date for date in dates if first[table].get(date) != dates[date]] == [SECOND_NIGHT], table


def test_outcomes_are_computed_for_every_date_and_judged_once_they_are_known(three_nights: list[Computed]) -> None:
    first, second, _ = three_nights
    over = [date for date in MONTH_ENDS if date + HORIZON <= FIRST_NIGHT]
    assert 0 < len(over) < len(MONTH_ENDS)
    for table in OUTCOMES:
        assert sorted(first[table]) == [*MONTH_ENDS, FIRST_NIGHT], table
        assert {date for date in second[table] if first[table].get(date) != second[table][date]} == {SECOND_NIGHT}, (
            table
        )
    for table in JUDGED:
        assert sorted(first[table]) == over, table
        assert first[table] == second[table], table


def test_an_order_that_comes_late_touches_the_outcomes_of_dates_before_it(three_nights: list[Computed]) -> None:
    _, second, third = three_nights
    before = [date for date in MONTH_ENDS if date < LATE <= date + HORIZON <= SECOND_NIGHT]
    assert len(before) > 1
    for table in OUTCOMES | JUDGED:
        assert sorted(date for date in third[table] if second[table][date] != third[table][date]) == before, table


def test_an_order_that_comes_late_touches_the_dates_since_its_own(
    three_nights: list[Computed],
) -> None:
    _, second, third = map(by_date, three_nights)
    since = [date for date in [*MONTH_ENDS, SECOND_NIGHT] if date >= LATE]
    assert 0 < len(since) < len(MONTH_ENDS)
    for table, dates in third.items():
        assert sorted(date for date in dates if second[table][date] != dates[date]) == since, table


def test_sums_of_campaigns_are_kept_while_nothing_of_theirs_changes(three_nights: list[Computed]) -> None:
    first, second, third = three_nights
    for table in CAMPAIGNS:
        assert len(first[table]) > 0
        assert first[table] == second[table] == third[table]


def test_an_order_that_comes_late_is_noticed_in_what_is_published(left: list[Left]) -> None:
    _, before, after = left
    assert before.customers != after.customers


def test_needs_of_best_worst_choices_are_the_true_kinds_and_stay_from_night_to_night(left: list[Left]) -> None:
    first, *later = left
    assert len(first.needs) >= small_families.CHOOSERS - 1
    kinds = [int(profile.removeprefix("r:k")) % len(small_families.LIKINGS) for profile in first.needs]
    index = adjusted_rand_score(kinds, list(first.needs.values()))
    print(f"needs by best-worst choices: adjusted Rand index {index:.2f}")
    assert index >= 0.6
    assert [(night.need_names, night.needs) for night in later] == [(first.need_names, first.needs)] * 2


def test_of_what_happened_only_the_days_that_changed_are_computed_again(three_nights: list[Computed]) -> None:
    first, second, third = three_nights
    for table in BY_DAY:
        assert len(first[table]) > 200, table
        assert {day for day in second[table] if first[table].get(day) != second[table][day]} <= {SECOND_NIGHT}, table
        assert set(second[table]) >= set(first[table]), table
        assert {day for day in third[table] if second[table].get(day) != third[table][day]} == {LATE}, table


def test_results_are_computed_once_their_period_is_over_and_again_when_an_order_comes_late(
    three_nights: list[Computed],
) -> None:
    first, second, third = three_nights
    for table in RESULTS:
        # September ended a month that was over on the first night, October one that was not.
        assert sorted(first[table]) == [date for date in MONTH_ENDS if date <= dt.date(2024, 9, 30)], table
        assert second[table] == first[table], table
        # The third quarter, July to September, began after the end of June.
        again = [date for date, run in third[table].items() if second[table][date] != run]
        assert sorted(again) == [date for date in MONTH_ENDS if dt.date(2024, 6, 30) <= date <= dt.date(2024, 9, 30)]
    for table in BY_MONTH:
        assert sorted(first[table])[-1] == dt.date(2024, 10, 1)
        assert second[table] == first[table], table
        assert {month for month, run in third[table].items() if second[table][month] != run} == {LATE.replace(day=1)}


def test_what_models_said_of_a_date_is_summed_up_again_only_where_they_say_something_else(
    three_nights: list[Computed],
) -> None:
    first, second, _ = three_nights
    steps = "int_kpis__model_steps"
    assert [date for date in second[steps] if first[steps].get(date) != second[steps][date]] == [SECOND_NIGHT]
    assert second["int_kpis__model_sums"] == first["int_kpis__model_sums"]


def test_a_rebuild_gives_the_rows_that_were_kept(
    three_nights: list[Computed], rebuilt: nights.Night, folder: Path
) -> None:
    kept = nights.Night(
        deployment=nights.load_deployment(folder / "company" / "tessera.yml", folder / "home"),
        outcome=rebuilt.outcome,
        shown="",
    )
    expected = history(rebuilt)
    found = history(kept)
    assert set(found) == set(expected) == set(three_nights[0])
    for table, rows in expected.items():
        assert found[table] == rows or table in BY_MODELS, table
        assert bool(rows) != (table in OF_NOTHING), table
