"""One night with every vendor's export at once: two CRMs, two sales systems, four surveys, four social sources."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from orchestration.repository import ROOT
from tests.support import nights

FILES = ROOT / "tests" / "vendor_files"
CONTRACTS = {
    "hubspot__contacts": "hubspot/contacts.jsonl",
    "hubspot__companies": "hubspot/companies.jsonl",
    "hubspot__engagements": "hubspot/engagements.jsonl",
    "hubspot__email_events": "hubspot/email_events.jsonl",
    "salesforce__contacts": "salesforce/contacts.csv",
    "salesforce__accounts": "salesforce/accounts.csv",
    "shopify__orders": "shopify/orders_export.csv",
    "stripe__charges": "stripe/charges.jsonl",
    "stripe__refunds": "stripe/refunds.jsonl",
    "qualtrics__responses": "qualtrics/responses.csv",
    "typeform__responses": "typeform/responses.json",
    "delighted__responses": "delighted/responses.json",
    "surveys__questions": "surveys/questions.csv",
    "surveys__answers": "surveys/answers.csv",
    "meta__interactions": "meta/interactions.jsonl",
    "x__mentions": "x/mentions.jsonl",
    "brandwatch__mentions": "brandwatch/mentions.csv",
    "social__interactions": "social/interactions.csv",
    "social__handles": "social/handles.csv",
}
NIGHT = dt.date(2026, 6, 30)


RATES = """\
currency,quote_currency,rate_date,rate
USD,EUR,2024-01-04,0.9
JPY,EUR,2024-01-04,0.0064
KWD,EUR,2024-01-04,3.0
"""


def write_config(folder: Path, contracts: dict[str, str]) -> Path:
    # The files are small and hold awkward records on purpose: half of one may be bad.
    sources = "".join(
        f"  - {{contract: {contract}, files: [files/{file}], max_rejected_share: 1}}\n"
        for contract, file in contracts.items()
    )
    config = folder / "tessera.yml"
    config.write_text(
        "company: {name: Everything, time_zone: Europe/Berlin, currency: EUR}\n"
        f"nights: {{first: {NIGHT}, last: {NIGHT}}}\nthresholds: {{exchange_rate_maximum_age_days: 1000}}\n"
        f"sources:\n{sources}",
        encoding="utf-8",
    )
    return config


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vendors")
    shutil.copytree(FILES, folder / "files")
    (folder / "files" / "rates.csv").write_text(RATES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def refused(folder: Path) -> nights.Night:
    """The night without rates of its own: the bank does not quote every currency."""
    return nights.run(write_config(folder, CONTRACTS), folder / "home")


@pytest.fixture(scope="module")
def night(refused: nights.Night, folder: Path) -> nights.Night:
    config = write_config(folder, {**CONTRACTS, "finance__exchange_rates": "rates.csv"})
    found = nights.run(config, folder / "home")
    assert found.outcome.exit_code == 0, found.outcome.errors
    return found


def test_a_currency_without_a_rate_refuses_the_night_and_names_the_pair_and_the_day(refused: nights.Night) -> None:
    assert refused.outcome.exit_code == 1
    (told,) = refused.outcome.errors
    assert "Has every order line an exchange rate of its day into the base currency? No:" in told
    assert "source_name 'stripe__charges', currency_code 'KWD', base_currency_code 'EUR', lines_count '1'" in told
    assert "first_date '2024-01-05'" in told
    assert refused.served is None


def test_every_source_is_in_its_entity(night: nights.Night) -> None:
    feeds = {
        (feed.entity, feed.model.removeprefix("stg_"))
        for contract in CONTRACTS
        for feed in night.deployment.inbound[contract].rules.feeds
    }
    assert len(feeds) > len(CONTRACTS)
    for entity in {entity for entity, _ in feeds}:
        found = night.warehouse(f"select distinct source_name from canonical.int_canonical__{entity}")["source_name"]
        # The first by name is believed where two describe a question or a handle, so a source may add nothing there.
        if entity not in {"survey_questions", "social_handles"}:
            assert set(found) == {model for fed, model in feeds if fed == entity}, entity


def test_records_are_good_or_in_quarantine(night: nights.Night) -> None:
    loads = night.mart(
        "select subject, records_count, rejected_count from data_quality where records_count is not null"
    ).set_index("subject")
    assert set(loads.index) == {f"raw.{contract}" for contract in (*CONTRACTS, "finance__exchange_rates")}
    for contract in CONTRACTS:
        good = night.warehouse(f'select count(*) as n from raw."{contract}"')["n"][0]
        records, rejected = loads.loc[f"raw.{contract}"]
        assert records == good + rejected > 0, contract


def test_references_of_two_crms_never_meet_by_chance(night: nights.Night) -> None:
    found = night.warehouse("select distinct source_name, customer_ref from canonical.int_canonical__customers")
    assert set(found["source_name"]) == {"hubspot__contacts", "salesforce__contacts"}
    for source, ref in found.itertuples(index=False):
        assert ref.startswith(source.split("__")[0] + ":")


def test_every_customer_of_the_marts_comes_from_some_record(night: nights.Night) -> None:
    customers = night.mart("select count(*) as n from customers")["n"][0]
    known = night.warehouse("select count(distinct customer_id) as n from identity.int_identity__customer_map")["n"][0]
    assert 0 < customers <= known
