"""dbt learns its boundaries from the contracts."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from data_contracts.contract import Contract, load_contract
from data_contracts.dbt_boundary import marts_yaml, sources_yaml
from data_contracts.render import main

HEAD = "apiVersion: v3.1.0\nkind: DataContract\nid: {name}\nversion: 1.0.0\nstatus: active\nschema:\n"
MART = (
    HEAD
    + """
  - name: {table}
    description: One row per segment and date.
    properties:
      - {{name: segment_code, description: Segment., logicalType: string, physicalType: varchar,
         required: true, primaryKey: true, primaryKeyPosition: 1}}
      - name: colour
        description: Colour.
        logicalType: string
        physicalType: varchar
        unique: true
        quality: [{{metric: invalidValues, mustBe: 0, arguments: {{validValues: [red, "no"]}}}}]
        customProperties: [{{property: severity, value: warning}}]
      - {{name: as_of_date, description: Date., logicalType: date, physicalType: date, {key}}}
      - {{name: reasons, description: Why., logicalType: array,
         physicalType: "struct(feature varchar, value varchar, effect double)[]"}}
"""
)


def contract(folder: Path, name: str = "segments", *, composite: bool = False, more: str = "") -> Contract:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.odcs.yaml"
    key = "required: true, primaryKey: true, primaryKeyPosition: 2" if composite else "required: true"
    path.write_text(MART.format(name=name, table=name.split("__")[-1], key=key) + more)
    return load_contract(path)


def test_a_mart_is_an_enforced_model_with_its_tests(tmp_path: Path) -> None:
    text = marts_yaml([contract(tmp_path)])
    assert text.startswith("# Generated from data_contracts/outbound; do not edit.")
    (model,) = yaml.safe_load(text)["models"]
    assert model["config"] == {"contract": {"enforced": True}}
    code, colour, date, reasons = model["columns"]
    assert code["constraints"] == [{"type": "not_null"}]
    assert code["data_tests"] == ["unique"]
    assert colour["data_tests"] == [
        {"unique": {"config": {"severity": "warn"}}},
        {"accepted_values": {"arguments": {"values": ["red", "no"]}, "config": {"severity": "warn"}}},
    ]
    assert date["constraints"] == [{"type": "not_null"}]
    assert "constraints" not in colour
    assert reasons["data_type"] == "struct(feature varchar, value varchar, effect double)[]"
    assert "data_tests" not in reasons


def test_a_key_of_several_columns_is_one_test_of_the_model(tmp_path: Path) -> None:
    (model,) = yaml.safe_load(marts_yaml([contract(tmp_path, composite=True)]))["models"]
    assert model["data_tests"] == [{"unique_combination": {"arguments": {"columns": ["segment_code", "as_of_date"]}}}]
    assert "data_tests" not in model["columns"][0]


def test_a_mart_that_python_writes_is_left_out(tmp_path: Path) -> None:
    made = contract(tmp_path, more="customProperties: [{property: producedBy, value: python}]\n")
    assert yaml.safe_load(marts_yaml([made]))["models"] == []


def test_a_source_names_its_raw_view_and_its_asset(tmp_path: Path) -> None:
    (source,) = yaml.safe_load(sources_yaml("shop", [contract(tmp_path, "shop__segments")]))["sources"]
    (table,) = source["tables"]
    assert (source["name"], source["schema"], table["name"]) == ("shop", "raw", "segments")
    assert table["identifier"] == "shop__segments"
    assert table["config"]["meta"]["dagster"]["asset_key"] == ["raw", "shop__segments"]
    assert table["columns"][2] == {"name": "as_of_date", "description": "Date.", "data_type": "date"}


def test_rendering_writes_once_and_check_tells_what_is_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbound = tmp_path / "data_contracts" / "inbound"
    contract(inbound, "shop__segments")
    contract(tmp_path / "data_contracts" / "outbound")
    arguments = ["--root", str(tmp_path)]
    assert main([*arguments, "--check"]) == 1
    assert "_shop__sources.yml: it is stale" in capsys.readouterr().err
    assert main(arguments) == 0
    assert main([*arguments, "--check"]) == 0
    contract(inbound, "shop__segments", composite=True)
    path = inbound / "shop__segments.odcs.yaml"
    path.write_text(path.read_text().replace("Colour.", "Colour in charts."))
    assert main([*arguments, "--check"]) == 1
