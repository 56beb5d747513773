"""The features that rules may use: every column of a feature family, with its type.

Belongs here: reading families and types from the YAML beside the dbt models, which is their one home. Does not belong
here: what rules say about features (conditions).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data_contracts.physical_types import parse_physical_type
from data_contracts.quick_yaml import read_quick_yaml
from orchestration.configuration.conditions.column import USABLE, Column
from orchestration.errors import TesseraError
from orchestration.repository import DBT_PROJECT

FEATURE_MODELS = DBT_PROJECT / "models" / "features"
FAMILY_PREFIX = "feat_customers__"
# They say whose row it is and when, not what the customer is like.
KEYS = frozenset({"customer_id", "as_of_date"})


def feature_catalog(folder: Path = FEATURE_MODELS) -> dict[str, Column]:
    """Return every feature that a rule may use, by its name.

    Raises:
        TesseraError: Two families have a column of the same name, so that the name alone does not say which is meant.
    """
    catalog: dict[str, Column] = {}
    for family, column in feature_columns(folder):
        name = column["name"]
        if name in KEYS or "data_type" not in column:
            continue
        feature = Column(name, family, parse_physical_type(column["data_type"]))
        if name in catalog:
            raise TesseraError(
                f"the feature {name} is there twice",
                expected="a name of its own for every feature, because rules name features without their family",
                found=f"{name} in {catalog[name].table} and in {family}",
                fix="rename one of the columns",
            )
        if feature.type.family in USABLE:
            catalog[name] = feature
    return catalog


def feature_columns(folder: Path = FEATURE_MODELS) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each described column of each feature family, as the YAML has it."""
    for path in sorted(folder.glob("*.yml")):
        content = read_quick_yaml(path.read_text(encoding="utf-8"))
        for model in content.get("models", ()):
            if model["name"].startswith(FAMILY_PREFIX):
                for column in model.get("columns", ()):
                    yield model["name"], column
