"""A contract file is either understood completely or refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_contracts.contract import Contract, ContractError, load_contract, load_contracts
from data_contracts.physical_types import parse_physical_type

TEXT = """
apiVersion: v3.1.0
kind: DataContract
id: shop__orders
version: 1.0.0
status: active
description: {purpose: Orders., usage: Tests., limitations: Small.}
schema:
  - name: orders
    properties:
      - {name: order_id, description: Order., logicalType: string, physicalType: varchar, required: true,
         primaryKey: true, primaryKeyPosition: 1}
      - {name: amount, description: Amount., logicalType: number, physicalType: "decimal(18,4)",
         classification: pii, logicalTypeOptions: {minimum: 0}}
"""


def load(folder: Path, text: str, name: str = "shop__orders.odcs.yaml") -> Contract:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load_contract(path)


def test_a_contract_knows_its_table_key_and_limits(tmp_path: Path) -> None:
    contract = load(tmp_path, TEXT)
    assert (contract.name, contract.source, contract.table) == ("shop__orders", "shop", "orders")
    assert contract.primary_key == ("order_id",)
    assert contract.rules.max_rejected_share == 0.05
    assert contract.rules.feeds == ()
    assert contract.description == "Orders."
    amount = contract.column("amount")
    assert (amount.physical_type, amount.type.scale, amount.minimum, amount.is_personal) == (
        "decimal(18,4)",
        4,
        0,
        True,
    )


WRONG = {
    "a misspelt key at the top": ("status: active", "statuss: active", "'statuss' was unexpected"),
    "a misspelt key of a column": ("classification: pii", "clasification: pii", "(amount)"),
    "a misspelt option": ("minimum: 0", "minimun: 0", "'minimun'"),
    "an unknown logical type": ("logicalType: number", "logicalType: money", "(amount)"),
    "a type DuckDB does not have": ("decimal(18,4)", "money", "'money' is not a known DuckDB type"),
    "types that disagree": ("logicalType: string", "logicalType: boolean", "a physicalType for boolean"),
    "a key that may be empty": ("required: true", "required: false", "as it is part of the key"),
    "another id than the file's": ("id: shop__orders", "id: shop__order", "id\n  expected: the file's name"),
    "another table than the id's": ("- name: orders", "- name: order", "schema[0].name"),
    "another version of the standard": ("v3.1.0", "v3.0.0", "write apiVersion: v3.1.0"),
    "a column without a description": ("description: Amount.", 'description: ""', "a description"),
    "two columns of one name": ("name: amount", "name: order_id", "each column once"),
    "a rule nobody enforces": (
        "logicalTypeOptions: {minimum: 0}",
        "quality: [{type: sql, query: select 1, mustBe: 1}]",
        "a rule that is enforced",
    ),
    "an unknown custom property": (
        "logicalTypeOptions: {minimum: 0}",
        "customProperties: [{property: identifer, value: true}]",
        "identifer",
    ),
    "no YAML": ("status: active", "status: [", "line "),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_contract_is_refused_with_its_place(tmp_path: Path, case: str) -> None:
    old, new, text = WRONG[case]
    assert old in TEXT
    with pytest.raises(ContractError) as refused:
        load(tmp_path, TEXT.replace(old, new))
    message = str(refused.value)
    assert text in message
    assert message.startswith("shop__orders.odcs.yaml: ")
    assert "expected:" in message
    assert "to do:" in message


def test_the_fingerprint_changes_with_the_meaning_only(tmp_path: Path) -> None:
    first = load(tmp_path, TEXT).fingerprint
    assert load(tmp_path, TEXT.replace("Amount.", "Amount paid.")).fingerprint == first
    assert load(tmp_path, TEXT.replace("minimum: 0", "minimum: 1")).fingerprint != first
    assert load(tmp_path, TEXT.replace("decimal(18,4)", "decimal(18,2)")).fingerprint != first


def test_columns_repeated_per_scheme_are_written_out(tmp_path: Path) -> None:
    text = TEXT + (
        '      - {name: "{scheme}_code", description: "Segment in {scheme}.", logicalType: string,\n'
        "         physicalType: varchar, customProperties: [{property: forEach, value: scheme}]}\n"
    )
    path = tmp_path / "shop__orders.odcs.yaml"
    path.write_text(text)
    contract = load_contract(path, repeated={"scheme": ["rfm", "lifecycle"]})
    assert contract.column_names[-2:] == ("rfm_code", "lifecycle_code")
    assert contract.column("rfm_code").description == "Segment in rfm."
    with pytest.raises(ContractError, match="the list of every scheme"):
        load_contract(path)


def test_a_folder_is_loaded_by_name_and_a_misnamed_file_is_an_error(tmp_path: Path) -> None:
    load(tmp_path, TEXT)
    assert list(load_contracts(tmp_path)) == ["shop__orders"]
    (tmp_path / "shop__stores.yaml").write_text(TEXT)
    with pytest.raises(ContractError, match="rename the file"):
        load_contracts(tmp_path)


@pytest.mark.parametrize(
    ("written", "family"),
    [
        ("VARCHAR", "text"),
        ("decimal(18, 2)", "decimal"),
        ("struct(feature varchar, value varchar, effect double)[]", "nested"),
        ("struct(a decimal(18,4), b struct(c date))", "nested"),
        ("bigint[]", "nested"),
        ("map(varchar, decimal(18,4))", "nested"),
        ("timestamp with time zone", "timestamptz"),
    ],
)
def test_types_are_recognised(written: str, family: str) -> None:
    assert parse_physical_type(written).family == family


@pytest.mark.parametrize(
    "written",
    ["", "int64", "decimal(40,2)", "decimal(2,4)", "struct(a)", "money[]", "map(varchar)", "map(money, date)"],
)
def test_other_types_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_physical_type(written)
