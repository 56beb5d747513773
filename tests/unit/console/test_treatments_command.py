"""The command that shows what the treatment policy did, and what one customer is told of it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.errors import TesseraError
from orchestration.explanation.treatments import read_treatments
from orchestration.publishing.manifest import Manifest, MartEntry, hashed_files
from orchestration.publishing.version_store import VersionStore

RULES = """
    create table treatment_rules as select * from (values
        ('support_tier', 'most_valuable', 'vip', 'Support', 'VIP line', 'the <top>', 'tier is 1', 1, 12, 10, 2, 0, 10,
            cast(null as decimal(18, 2)), 500.00, 41.50),
        ('support_tier', 'otherwise', 'standard', 'Support', 'Standard', null, 'everybody else', 2, 1234, 1234, 0, 0,
            null, null, null, null),
        ('win_back', 'otherwise', 'none', 'Win-back', 'Nothing', null, 'everybody else', 1, 1244, 1244, 0, 0, null, 5,
            null, null)
    ) as rules (
        dimension, rule_code, option_code, dimension_name, option_name, rule_name, conditions, rule_number,
        matched_count, given_count, displaced_by_capacity_count, displaced_by_fatigue_count, capacity_count,
        planned_cost_amount, expected_gain_amount, first_displaced_gain_amount
    )
"""
TREATMENTS = """
    create table treatments as select
        'c_1' as customer_id, 'vip' as support_tier_code, 'most_valuable' as support_tier_rule_code,
        'the <top> (tier 1)' as support_tier_reason, 'none' as win_back_code, 'otherwise' as win_back_rule_code,
        'everybody else' as win_back_reason, 'decor' as next_best_category_code, 'Decor' as next_best_category,
        'model' as next_best_category_source, cast(null as varchar) as next_best_sku,
        cast(null as varchar) as next_best_product_name, cast(null as varchar) as next_best_sku_source
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    store = VersionStore(tmp_path / "published")
    with store.build() as draft:
        with duckdb.connect(str(draft.folder / "marts.duckdb")) as marts:
            marts.execute(RULES)
            marts.execute(TREATMENTS)
        manifest = Manifest(
            version=draft.name,
            as_of_date=dt.date(2026, 7, 1),
            published_at=dt.datetime(2026, 7, 2, tzinfo=dt.UTC),
            run_id="run",
            tessera_version="0",
            files=hashed_files(draft.folder),
            marts={"treatment_rules": MartEntry(rows=3, columns=())},
        )
        (draft.folder / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    store.swap_to(draft.name)
    return tmp_path


def shown_by(*arguments: str) -> str:
    return CliRunner().invoke(app, ["treatments", *arguments], catch_exceptions=False).stdout


def test_every_rule_stands_under_its_dimension_with_whom_it_got(home: Path) -> None:
    shown = shown_by("--home", str(home))
    assert shown.startswith("Treatments of v000001, the night of 2026-07-01")
    (row,) = [line for line in shown.splitlines() if "VIP line" in line]
    cells = [cell.strip() for cell in row.split("│")[1:-1]]
    # Half to even.
    assert cells == ["the <top>", "VIP line", "10", "10", "2", "", "", "42"]
    assert "1,234" in shown


def test_one_dimension_can_be_asked_for_and_as_json(home: Path) -> None:
    told = json.loads(shown_by("--home", str(home), "--dimension", "win_back", "--json"))
    assert [(rule["rule_code"], rule["given_count"]) for rule in told] == [("otherwise", 1244)]
    with pytest.raises(TesseraError, match="there is no dimension winback"):
        shown_by("--home", str(home), "--dimension", "winback")


def test_without_a_night_there_is_nothing_to_show(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="there are no treatments yet"):
        shown_by("--home", str(tmp_path))


def test_a_customer_is_told_every_dimension_and_what_to_offer_next(home: Path) -> None:
    marts = VersionStore(home / "published").current().path / "marts.duckdb"
    with duckdb.connect(str(marts), read_only=True) as connection:
        told = read_treatments(connection, "c_1")
        assert read_treatments(connection, "c_2") == ()
    assert [(each.name, each.option_name, each.reason) for each in told] == [
        ("Support", "VIP line", "the <top> (tier 1)"),
        ("Win-back", "Nothing", "everybody else"),
        ("Next category", "Decor", "a model foretells that it is likeliest to be ordered from"),
    ]


def test_a_version_from_before_there_were_treatments_tells_none(tmp_path: Path) -> None:
    with duckdb.connect() as marts:
        assert read_treatments(marts, "c_1") == ()
