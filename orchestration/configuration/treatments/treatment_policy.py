"""The treatment policy of a deployment: the project's own, with what the deployment's file replaces of it.

Belongs here: finding the files and the columns that rules may ask. Does not belong here: what is in them (policy.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_contracts.physical_types import parse_physical_type
from orchestration.configuration.conditions.column import Column
from orchestration.configuration.treatments.policy import DimensionPolicy, Policies
from orchestration.configuration.yaml_file import read_yaml_file
from orchestration.errors import TesseraError

DEFAULT_POLICY = Path(__file__).with_name("default_policy.yml")
# What a night works out for every customer before the policy decides.
_PREPARED = {"has_bundle": "boolean", "next_best_category_code": "varchar"}


def treatment_policy(
    named: Path | None, *, columns: Mapping[str, Column], custom_schemes: Sequence[Mapping[str, Any]]
) -> dict[str, DimensionPolicy]:
    """Read the policy.

    Args:
        named: The deployment's file; None where it has none.
        columns: What rules may ask of customers.
        custom_schemes: The deployment's own schemes, compiled.

    Raises:
        TesseraError: A file is missing, or something in it does not fit.
    """
    prepared = {
        name: Column(name, "int_treatments__inputs", parse_physical_type(kind)) for name, kind in _PREPARED.items()
    }
    reader = Policies({**columns, **prepared}, custom_schemes)
    standard = reader.read(read_yaml_file(DEFAULT_POLICY), standard={})
    if named is None:
        return standard
    if not named.is_file():
        raise TesseraError(
            f"the treatment policy {named} does not exist",
            expected="the file that tessera.yml names under treatments: policy, relative to tessera.yml",
            found="no such file",
            fix="correct the name, or remove it to use the project's own policy",
        )
    return reader.read(read_yaml_file(named), standard=standard)
