"""A small catalogue of features of every type, and schemes written as a person writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data_contracts.physical_types import parse_physical_type
from orchestration.configuration.conditions.column import Column
from orchestration.configuration.custom_scheme_settings import CustomScheme
from orchestration.configuration.custom_schemes.rules import Scheme, read_scheme
from orchestration.configuration.yaml_file import YamlFile, read_yaml_file

TYPES = {
    "order_count": "bigint",
    "balance_change": "integer",
    "spent_amount": "decimal(18,4)",
    "discount_share": "double",
    "country": "varchar",
    "gender": "varchar",
    "is_member": "boolean",
    "last_order_date": "date",
}
CATALOG = {name: Column(name, "feat_customers__x", parse_physical_type(kind)) for name, kind in TYPES.items()}


def read_file(folder: Path, rules: str) -> tuple[Scheme, YamlFile]:
    """A scheme called ``test`` whose rules (and otherwise) are the text; the text begins on line 4."""
    path = folder / "tessera.yml"
    path.write_text("custom_schemes:\n  test:\n    description: Test?\n" + rules, encoding="utf-8")
    file = read_yaml_file(path)
    settings = CustomScheme.model_validate(file.content["custom_schemes"]["test"])
    return read_scheme("test", settings, catalog=CATALOG, file=file), file


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], tuple[Scheme, YamlFile]]:
    return lambda rules: read_file(tmp_path, rules)
