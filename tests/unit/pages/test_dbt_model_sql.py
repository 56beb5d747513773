"""Models are written out as dbt would, as far as models of features and schemes go."""

from __future__ import annotations

import re

import pytest

from orchestration.errors import TesseraError
from orchestration.repository import DBT_PROJECT
from scripts.dbt_model_sql import model_sql, project_macros

MACROS = {
    "doubled": "{% macro doubled(x) -%} ({{ x }} * {{ var('factor') }}) {%- endmacro %}",
    "names": "{% macro names() -%} {{ return(['a', 'b']) }} {%- endmacro %}",
    "both": "{% macro both() -%} {% for name in names() %}{{ doubled(name) }}{{ ' + ' if not loop.last }}{% endfor %} "
    "{%- endmacro %}",
}


def test_macros_call_one_another_and_give_back_lists() -> None:
    raw = "{{ config(materialized='as_of_history') }}select {{ both() | trim }} from {{ ref('features') }}"
    written = model_sql(raw, name="m", variables={"factor": 3}, macros=MACROS)
    assert written.text == "select (a * 3) + (b * 3) from features"
    assert written.reads == ("features",)
    assert written.variables == {"factor"}


def test_a_variable_that_is_not_there_is_told() -> None:
    with pytest.raises(TesseraError, match="the SQL of m cannot be written out"):
        model_sql("select {{ var('nothing') }}", name="m", variables={}, macros={})


def test_every_macro_of_the_project_is_found() -> None:
    texts = [path.read_text("utf-8") for path in (DBT_PROJECT / "macros").glob("*.sql")]
    assert set(project_macros()) == {name for text in texts for name in re.findall(r"macro (\w+)\(", text)}
