"""What conditions of policies and campaigns may ask of customers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.conditions.sql import when_sql
from orchestration.configuration.conditions.when import WhenReader, gathered
from orchestration.configuration.conditions.words import when_in_words
from orchestration.configuration.deployment import load_deployment
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError
from tests.support.deployments import write_config

CUSTOM = """\
custom_schemes:
  food_delivery:
    description: Who orders to the door?
    rules:
      - {segment: lapsed, when: {days_since_last_order: "> 60"}}
    otherwise: others
"""
NOWHERE = YamlFile(path=Path("policy.yml"), content={}, _root=None)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> WhenReader:
    folder = tmp_path_factory.mktemp("columns")
    deployment = load_deployment(write_config(folder, more=CUSTOM), folder / "home")
    return WhenReader(deployment.customer_columns, NOWHERE)


def test_every_column_of_the_mart_that_can_be_compared_is_there_and_no_key(reader: WhenReader) -> None:
    assert {"country", "p_return_90d", "rfm_segment_code", "food_delivery_segment_code"} <= set(reader.catalog)
    assert {"customer_id", "as_of_date", "custom_segment_codes"} & set(reader.catalog) == set()


def test_a_segment_is_asked_by_its_code_and_an_unknown_one_is_not_known(reader: WhenReader) -> None:
    when = reader.when({"food_delivery_segment_code": "lapsed", "rfm_segment_code": ["champions", "unknown"]}, ())
    whens = gathered([when], catalog=reader.catalog, file=NOWHERE)
    assert when_in_words(whens, when) == ("Food delivery is Lapsed and RFM is Champions or unknown")
    query = f"""
        select id, coalesce({when_sql(whens, when)}, false) from (values
            (1, 'champions', map {{'food_delivery': 'lapsed'}}),
            (2, 'unknown', map {{'food_delivery': 'lapsed'}}),
            (3, 'loyal', map {{'food_delivery': 'lapsed'}}),
            (4, 'champions', map {{'food_delivery': 'unknown'}}),
            (5, null, map {{'food_delivery': 'lapsed'}})
        ) as customers (id, rfm_segment_code, custom_segment_codes) order by id
    """
    with duckdb.connect() as connection:
        found = dict(connection.execute(query).fetchall())
    assert found == {1: True, 2: True, 3: False, 4: False, 5: True}


@pytest.mark.parametrize(
    ("written", "expected", "fix"),
    [
        ({"rfm_segment_code": "champion"}, "champions, loyal", "did you mean champions?"),
        ({"lifecycle_segment_code": {"not": ["lost", "gone"]}}, "lead, new", "write one of these"),
        ({"any": [{"food_delivery_segment_code": "= laps"}]}, "lapsed, others", "did you mean lapsed?"),
        ({"rfm_segment_code": "= unknown"}, "champions, loyal", "write one of these"),
        ({"account_type": "busines"}, "consumer, business", "did you mean business?"),
        ({"rfm_segment": "champions"}, "a column of the mart customers", "did you mean rfm_segment_code"),
    ],
)
def test_a_segment_or_a_column_that_does_not_exist_is_refused_with_the_nearest_one(
    reader: WhenReader, written: dict[str, object], expected: str, fix: str
) -> None:
    with pytest.raises(TesseraError) as caught:
        reader.when(written, ())
    assert expected in caught.value.expected
    assert fix in caught.value.fix


def test_days_ago_are_counted_from_the_date_of_the_row(reader: WhenReader) -> None:
    when = reader.when({"last_order_date": "last 30 days"}, ())
    whens = gathered([when], catalog=reader.catalog, file=NOWHERE)
    query = f"select {when_sql(whens, when)} from (select date '2026-06-02' as last_order_date, ?::date as as_of_date)"
    with duckdb.connect() as connection:
        assert connection.execute(query, ["2026-07-01"]).fetchone() == (True,)
        assert connection.execute(query, ["2026-07-02"]).fetchone() == (False,)


def test_a_chance_is_written_in_per_cent(reader: WhenReader) -> None:
    when = reader.when({"p_return_90d": "< 50%"}, ())
    assert when.holds({"p_return_90d": 0.4})
    assert not when.holds({"p_return_90d": 0.5})
