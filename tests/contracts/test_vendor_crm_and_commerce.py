"""Files as HubSpot, Salesforce, Shopify and Stripe write them pass the door of their contracts.

Belongs here: what becomes of every record of the sample files in tests/vendor_files, and how the door reads what these
vendors write in their own way. Does not belong here: what staging makes of the rows (the dbt unit tests beside the
models), the door itself (tests/unit/ingestion).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_contracts.contract import Contract, load_contract
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.lake import Lake
from orchestration.ingestion.loader import LoadReport, load_file
from orchestration.ingestion.quarantine import Quarantine

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "vendor_files"
LOADED_AT = datetime(2024, 6, 1, 3, 0, tzinfo=UTC)

# Contract: the sample file, its good records, and of each bad one (by its number) the column and the reason.
Rejections = dict[int, list[tuple[str | None, str]]]
FILES: dict[str, tuple[str, int, Rejections]] = {
    "hubspot__contacts": (
        "hubspot/contacts.jsonl",
        8,
        {
            8: [("id, updated_at", "duplicate_key")],
            9: [("email", "pattern_mismatch")],
            10: [("mobile_phone", "scientific_notation_id")],
            11: [("id", "missing_value")],
            12: [("updated_at", "not_a_timestamp")],
            14: [(None, "invalid_json")],
        },
    ),
    "hubspot__companies": (
        "hubspot/companies.jsonl",
        4,
        {
            5: [("employees_count", "not_an_integer")],
            6: [("annual_revenue", "out_of_range")],
            7: [("annual_revenue", "scientific_notation")],
        },
    ),
    "hubspot__engagements": (
        "hubspot/engagements.jsonl",
        9,
        {10: [("engagement_type", "missing_value")], 11: [("occurred_at", "not_a_timestamp")]},
    ),
    "hubspot__email_events": (
        "hubspot/email_events.jsonl",
        6,
        {
            7: [("id, created", "duplicate_key")],
            8: [("created", "not_an_integer")],
            9: [("created", "out_of_range")],
        },
    ),
    "salesforce__contacts": (
        "salesforce/contacts.csv",
        6,
        {
            7: [("birth_date", "not_a_date")],
            8: [("has_opted_out_of_email", "not_a_boolean")],
            9: [("mailing_postal_code", "scientific_notation_id")],
            10: [("updated_at", "missing_value")],
        },
    ),
    "salesforce__accounts": (
        "salesforce/accounts.csv",
        4,
        {5: [("annual_revenue", "pattern_mismatch")], 6: [("employees_count", "not_an_integer")]},
    ),
    "shopify__orders": (
        "shopify/orders_export.csv",
        8,
        {
            # One line of the order cannot be read, so the order's other lines go with it.
            7: [("order_name", "rejected_with_group")],
            8: [("lineitem_quantity", "not_an_integer")],
            9: [("order_name", "rejected_with_group")],
            10: [("shopify_order_id", "scientific_notation_id")],
            13: [("created_at", "not_a_timestamp")],
        },
    ),
    "stripe__charges": (
        "stripe/charges.jsonl",
        7,
        {
            8: [("amount", "not_an_integer"), ("amount_captured", "not_an_integer")],
            9: [("currency", "pattern_mismatch")],
            10: [("status", "not_in_list")],
            11: [("id", "duplicate_key")],
            12: [("created", "not_an_integer")],
        },
    ),
    "stripe__refunds": (
        "stripe/refunds.jsonl",
        4,
        {5: [("amount", "out_of_range")], 6: [("currency", "missing_value")]},
    ),
}
GENERIC = {
    "crm__companies": (
        (
            "company_ref,name,employees_count,annual_revenue,currency,structure,parent_company_ref,updated_at\n"
            'K-1,"Tea, Cups & Co",250,1250000.50,EUR,headquarters,,2024-01-05 10:00:00\n'
            "K-1,Tea & Cups,260,1250000.50,EUR,headquarters,,2024-02-05 10:00:00\n"
            "K-2,Cups,,,,,K-1,\n"
            "K-3,Pots,-5,,EUR,independent,,\n"
            "K-4,Pots,5,1.2E+07,EUR,,,\n"
            "K-5,Pots,5,,eur,,,\n"
            "K-6,Pots,5,,,branch,,\n"
        ),
        3,
        {
            4: [("employees_count", "out_of_range")],
            5: [("annual_revenue", "scientific_notation")],
            6: [("currency", "pattern_mismatch")],
            7: [("structure", "not_in_list")],
        },
    ),
    "crm__customers": (
        (
            "customer_ref,first_name,last_name,street,city,loyalty_number,updated_at\n"
            'C-1,Ann,Lee,"Main St 1, back house",Bonn,007123,2024-01-05 10:00:00\n'
            "C-1,Ann,Lee,Side St 2,Berlin,007123,2024-02-05 10:00:00\n"
            "C-2,Bob,Ngô,,,,\n"
            "C-3,Cy,Roe,,,4.91705E+12,\n"
            "C-1,Ann,Lee,Side St 3,Berlin,007123,2024-02-05 10:00:00\n"
        ),
        3,
        {
            4: [("loyalty_number", "scientific_notation_id")],
            5: [("customer_ref, updated_at", "duplicate_key")],
        },
    ),
    "crm__interactions": (
        (
            "interaction_id,customer_ref,occurred_at,channel,kind,subject,machine_generated\n"
            "I-1,C-1,2024-01-05 10:00:00,email,email_open,Spring,true\n"
            "I-2,C-1,2024-01-05 10:00:00+01:00,web,something_new,,\n"
            "I-2,C-2,2024-01-06 10:00:00,web,visit,,\n"
            "I-3,,2024-01-06 10:00:00,web,visit,,\n"
            "I-4,C-2,2025-01-06 10:00:00,web,visit,,\n"
            "I-5,C-2,2024-01-06 10:00:00,web,visit,,perhaps\n"
        ),
        2,
        {
            3: [("interaction_id", "duplicate_key")],
            4: [("customer_ref", "missing_value")],
            5: [("occurred_at", "in_the_future")],
            6: [("machine_generated", "not_a_boolean")],
        },
    ),
}


@dataclass(frozen=True)
class Door:
    """A lake and a quarantine of their own, and short ways to load and to read back."""

    con: duckdb.DuckDBPyConnection
    lake: Lake
    quarantine: Quarantine

    def load(self, contract: Contract, path: Path) -> LoadReport:
        return load_file(
            self.con,
            contract,
            path,
            lake=self.lake,
            quarantine=self.quarantine,
            # The samples are small and mostly awkward.
            options=FileOptions(max_rejected_share=1),
            loaded_at=LOADED_AT,
        )

    def rows(self, contract: Contract, columns: str) -> list[tuple[Any, ...]]:
        self.lake.create_raw_view(self.con, contract)
        return self.con.execute(f"select {columns} from raw.{contract.name} order by _row_number").fetchall()

    def rejections(self, contract: Contract) -> Rejections:
        files = [str(path) for path in self.quarantine.files(contract.name)]
        found = self.con.execute("select record_number, reasons from read_parquet(?) order by 1", [files]).fetchall()
        return {number: [(item["column"], item["reason"]) for item in reasons] for number, reasons in found}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false; set memory_limit = '512MB'; set threads = 2; set TimeZone = 'UTC'")
    yield Door(con, Lake(tmp_path / "lake"), Quarantine(tmp_path / "quarantine"))
    con.close()


def contract_of(name: str) -> Contract:
    return load_contract(ROOT / "data_contracts" / "inbound" / f"{name}.odcs.yaml")


def loaded_sample(door: Door, name: str, columns: str) -> list[tuple[Any, ...]]:
    contract = contract_of(name)
    door.load(contract, SAMPLES / FILES[name][0])
    return door.rows(contract, columns)


@pytest.mark.parametrize("name", FILES)
def test_every_record_of_a_vendor_file_is_loaded_or_named(door: Door, name: str) -> None:
    file, good, rejected = FILES[name]
    contract = contract_of(name)
    report = door.load(contract, SAMPLES / file)
    assert (report.records, report.good, report.rejected) == (good + len(rejected), good, len(rejected))
    assert door.rejections(contract) == rejected
    assert len(door.rows(contract, "1")) == good


@pytest.mark.parametrize("name", GENERIC)
def test_every_record_of_a_generic_file_is_loaded_or_named(door: Door, tmp_path: Path, name: str) -> None:
    text, good, rejected = GENERIC[name]
    contract = contract_of(name)
    path = tmp_path / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    report = door.load(contract, path)
    assert (report.records, report.good, report.rejected) == (good + len(rejected), good, len(rejected))
    assert door.rejections(contract) == rejected


@pytest.mark.parametrize("name", FILES)
def test_a_vendor_file_has_the_columns_that_its_contract_looks_for(door: Door, name: str) -> None:
    # Fields that exist only where a feature is switched on, or that the sample's account never filled.
    optional = {"IsPersonAccount", "CurrencyIsoCode", "properties.marital_status"}
    assert set(door.load(contract_of(name), SAMPLES / FILES[name][0]).drift.missing) <= optional


def test_two_versions_of_a_contact_both_reach_the_lake(door: Door) -> None:
    rows = loaded_sample(door, "hubspot__contacts", "id, email, updated_at")
    assert [email for id_, email, _ in rows if id_ == "106"] == ["eve@old.example", "eve@new.example"]


def test_an_empty_property_is_not_known_rather_than_an_empty_text(door: Door) -> None:
    rows = {row[0]: row[1:] for row in loaded_sample(door, "hubspot__contacts", "id, email, phone, email_optout")}
    assert rows["103"] == (None, None, None)
    assert [rows[id_][2] for id_ in ("101", "102", "104")] == [False, True, None]


def test_links_of_an_engagement_land_as_json(door: Door) -> None:
    rows = dict(loaded_sample(door, "hubspot__engagements", "id, contact_associations"))
    ids = door.con.execute("select json_extract_string(?, '$[*].id')", [rows["9005"]]).fetchone()
    assert ids == (["101", "102", "101"],)
    assert rows["9003"] is None


def test_a_meeting_to_come_is_no_event_of_the_future(door: Door) -> None:
    rows = dict(loaded_sample(door, "hubspot__engagements", "id, occurred_at"))
    assert rows["9006"].year == 2031


def test_times_of_an_order_are_read_with_their_offset(door: Door) -> None:
    rows = loaded_sample(door, "shopify__orders", "order_name, epoch(created_at), accepts_marketing, shipping_zip")
    first = datetime(2024, 1, 5, 15, tzinfo=UTC).timestamp()
    assert rows[0] == ("#1001", first, True, "'02110")
    assert rows[1] == ("#1001", first, None, None)


def test_an_order_with_a_wrong_address_keeps_its_money(door: Door) -> None:
    rows = loaded_sample(door, "shopify__orders", "order_name, email")
    assert ("#1007", "flo@example") in rows


def test_the_bill_of_an_order_is_read_from_its_first_row(door: Door) -> None:
    columns = "order_name, billing_name, billing_street, billing_company, billing_zip, billing_city, billing_country"
    rows = loaded_sample(door, "shopify__orders", columns)
    assert rows[0] == ("#1001", "Ann Lee", "Main St 1", None, "'02110", "Boston", "US")
    assert rows[1] == ("#1001", *[None] * 6)


def test_streets_of_contacts_are_read_with_all_their_lines(door: Door) -> None:
    assert loaded_sample(door, "salesforce__contacts", "mailing_street")[0] == ("Unter den Linden 1\nHinterhaus",)
    rows = dict(loaded_sample(door, "hubspot__contacts", "id, street"))
    assert (rows["101"], rows["102"]) == ("Unter den Linden 1", None)


def test_large_revenues_of_data_loader_are_not_refused(door: Door) -> None:
    rows = loaded_sample(door, "salesforce__accounts", "account_name, annual_revenue")
    assert rows[:2] == [("Acme", "3.5E8"), ('Acme "France" SARL', "1250000.0")]


def test_nested_fields_of_a_charge_are_found(door: Door) -> None:
    rows = loaded_sample(
        door, "stripe__charges", "id, amount, currency, created, billing_email, billing_postal_code, receipt_email"
    )
    assert rows[:2] == [
        ("ch_1", 1999, "eur", 1704456000, "ann.lee@acme.example", "01067", None),
        ("ch_2", 500, "jpy", 1704542400, None, None, "guest@example.com"),
    ]


def test_who_paid_a_charge_is_found_in_its_billing_details(door: Door) -> None:
    rows = loaded_sample(door, "stripe__charges", "id, billing_name, billing_line1, billing_city")
    assert rows[:2] == [("ch_1", "Ann Lee", "Unter den Linden 1", "Berlin"), ("ch_2", None, None, None)]
