"""Every macro of dbt is described, and nothing is that is not there."""

from __future__ import annotations

import re

import pytest
import yaml

from orchestration.repository import DBT_PROJECT

MACROS = DBT_PROJECT / "macros"
FILES = sorted(MACROS.rglob("*.sql"))
ENTRIES = yaml.safe_load((MACROS / "_macros.yml").read_text(encoding="utf-8"))["macros"]
DESCRIBED = {entry["name"]: entry.get("description", "") for entry in ENTRIES}


def macros_of(sql: str) -> set[str]:
    """The macros that a file defines, by the names that dbt gives them."""
    found = set(re.findall(r"\{%-?\s*macro\s+(\w+)", sql))
    materializations = re.findall(r"\{%-?\s*materialization\s+(\w+)\s*,\s*adapter\s*=\s*'(\w+)'", sql)
    return found | {f"materialization_{name}_{adapter}" for name, adapter in materializations}


def test_macros_and_materializations_are_found() -> None:
    sql = "{% macro a(x) -%}\n{%- macro b() %}\n{% materialization c, adapter='duckdb' %}"
    assert macros_of(sql) == {"a", "b", "materialization_c_duckdb"}


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_each_macro_of_a_file_is_described(file) -> None:
    defined = macros_of(file.read_text(encoding="utf-8"))
    assert defined
    assert {name for name in defined if len(DESCRIBED.get(name, "").split()) < 3} == set()


def test_every_description_is_of_a_macro() -> None:
    defined = {name for file in FILES for name in macros_of(file.read_text(encoding="utf-8"))}
    assert set(DESCRIBED) - defined == set()
    assert len(DESCRIBED) == len(ENTRIES)


def test_dbt_takes_each_description_for_a_macro_of_its_own(manifest) -> None:
    ours = {macro["name"]: macro for macro in manifest["macros"].values() if macro["package_name"] == "tessera"}
    assert {name for name in DESCRIBED if not ours.get(name, {}).get("description")} == set()
