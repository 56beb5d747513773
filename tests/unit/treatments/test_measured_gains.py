"""Which measured lifts a policy may use: certain ones, of random assignment, the most exact of each segment."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.treatments.measured_gains import served_lifts

COLUMNS = (
    "campaign_id varchar, scheme varchar, segment_code varchar, metric varchar, is_randomised boolean, "
    "adjusted_difference double, adjusted_low double, adjusted_high double, is_significant boolean"
)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    version = tmp_path / "v000001"
    version.mkdir()
    (tmp_path / "current").symlink_to("v000001")
    with duckdb.connect(str(version / "marts.duckdb")) as marts:
        marts.execute(f"create table experiment_lift ({COLUMNS})")
    return tmp_path


def measure(published: Path, *rows: str) -> None:
    with duckdb.connect(str(published / "v000001" / "marts.duckdb")) as marts:
        for row in rows:
            marts.execute(f"insert into experiment_lift values ({row})")


def test_the_most_exact_certain_measurement_of_each_segment_counts(published: Path) -> None:
    measure(
        published,
        "'spring', 'rfm', 'champions', 'margin', true, 4, 1, 7, true",
        "'autumn', 'rfm', 'champions', 'margin', true, 3, 2, 4, true",
        "'spring', 'rfm', 'lost', 'margin', true, -2, -3, -1, true",
    )
    found = served_lifts(published, schemes={"rfm"})
    assert [(lift["segment_code"], lift["gain"], lift["campaign_id"]) for lift in found] == [
        ("champions", 3.0, "autumn"),
        ("lost", -2.0, "spring"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        "'spring', 'rfm', 'champions', 'margin', true, 4, -1, 9, false",
        "'spring', 'rfm', 'champions', 'margin', true, 4, 1, 7, false",
        "'spring', 'rfm', 'champions', 'margin', false, 4, 1, 7, true",
        "'spring', 'rfm', 'champions', 'margin', null, 4, 1, 7, true",
        "'spring', 'rfm', 'champions', 'net_revenue', true, 4, 1, 7, true",
        "'spring', 'needs', 'n01', 'margin', true, 4, 1, 7, true",
        "'spring', 'rfm', 'champions', 'margin', true, null, null, null, null",
        "'spring', 'rfm', 'champions', 'margin', true, 'nan', 1, 7, true",
    ],
)
def test_what_chance_explains_or_nobody_assigned_by_lot_does_not_count(published: Path, row: str) -> None:
    measure(published, row)
    assert served_lifts(published, schemes={"rfm"}) == ()


def test_a_version_from_before_there_were_experiments_has_measured_nothing(published: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(published / "v000001" / "marts.duckdb")) as marts:
        marts.execute("drop table experiment_lift")
    assert served_lifts(published, schemes={"rfm"}) == ()
    assert served_lifts(tmp_path / "nowhere", schemes={"rfm"}) == ()
