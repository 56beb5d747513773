"""The section ``targets`` of ``tessera.yml``: what a company wants of its segments' results.

Belongs here: the form of the section, and whether the schemes, segments and results that it names exist. Does not
belong here: whether a target is met (the mart ``kpi_alerts``).
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from orchestration.configuration.custom_scheme_settings import Code
from orchestration.configuration.schemes import Scheme
from orchestration.configuration.setting_types import Section
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError
from orchestration.repository import DBT_PROJECT, SEGMENT_CATALOG

# Everybody together, as the marts call them.
EVERYBODY = "all"
KPI_CATALOG = DBT_PROJECT / "seeds" / "kpi_catalog.csv"


def _number(value: object) -> object:
    # A boolean is a number to Python, and text of digits to pydantic: neither is what the line means.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        message = f"{value!r} does not fit; write a number, a share as 0.85"
        raise ValueError(message)
    return value


Limit = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]


class Target(Section):
    """What is wanted of one result of one segment.

    Attributes:
        kpi: The result, a column of the mart ``segment_kpis`` that the catalogue of KPIs lists.
        period_kind: Of which periods.
        at_least: The lowest value that meets the target.
        at_most: The highest value that meets it.
    """

    scheme: Code = EVERYBODY
    segment: Code = EVERYBODY
    kpi: Code
    period_kind: Literal["month", "quarter", "year"] = "month"
    at_least: Limit | None = None
    at_most: Limit | None = None

    @model_validator(mode="after")
    def _says_something_possible(self) -> Target:
        if self.at_least is None and self.at_most is None:
            message = "it asks for nothing; write at_least or at_most"
            raise ValueError(message)
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            message = f"nothing is at least {self.at_least:g} and at most {self.at_most:g}; exchange the two"
            raise ValueError(message)
        return self


def targets_variable(targets: Sequence[Target]) -> list[dict[str, Any]]:
    """Return the targets as the dbt variable ``kpi_targets`` describes them."""
    return [target.model_dump() for target in targets]


def kpi_units() -> dict[str, str]:
    """Return the unit of every result that may have a target, by its code."""
    with KPI_CATALOG.open(encoding="utf-8", newline="") as catalog:
        return {row["kpi"]: row["unit"] for row in csv.DictReader(catalog)}


def segments_known(catalog: Sequence[Scheme], custom_schemes: Sequence[Mapping[str, Any]]) -> dict[str, set[str]]:
    """Return the codes of every scheme's segments; none of schemes whose segments follow from the data."""
    with SEGMENT_CATALOG.open(encoding="utf-8", newline="") as seed:
        rows = list(csv.DictReader(seed))
    known: dict[str, set[str]] = {EVERYBODY: {EVERYBODY}}
    for scheme in catalog:
        fixed = {row["segment_code"] for row in rows if row["scheme"] == scheme.name}
        known[scheme.name] = fixed if scheme.segments == "fixed" else set()
    for custom in custom_schemes:
        known[str(custom["scheme"])] = {str(segment["segment_code"]) for segment in custom["segments"]}
    return known


def check_targets(targets: Sequence[Target], *, segments: Mapping[str, set[str]], file: YamlFile) -> None:
    """Make sure that every target names what exists, in its unit, and none is there twice.

    Args:
        targets: The section.
        segments: The segments of every scheme, none where they are not known before the night.
        file: Where the targets stand.

    Raises:
        TesseraError: One of them does not; names the line, what was expected and what to write.
    """
    units = kpi_units()
    seen: set[tuple[str, str, str, str]] = set()
    for index, target in enumerate(targets):
        where = f"{file.path} line {file.line_of(['targets', index])}: target {index + 1}"
        _check_name(target.kpi, list(units), thing="result", where=where)
        _check_name(target.scheme, list(segments), thing="scheme", where=where)
        if codes := segments[target.scheme]:
            _check_name(target.segment, codes, thing=f"segment of {target.scheme}", where=where)
        limits = [limit for limit in (target.at_least, target.at_most) if limit is not None]
        # Growth and retention of revenue may be more than the whole, but not seventy times.
        if units[target.kpi] == "share" and max(abs(limit) for limit in limits) > 10:
            raise TesseraError(
                f"{where}: {target.kpi} is a share",
                expected="a share, such as 0.85 for 85 %",
                found=", ".join(f"{limit:g}" for limit in limits),
                fix="divide by 100",
            )
        key = (target.scheme, target.segment, target.kpi, target.period_kind)
        if key in seen:
            raise TesseraError(
                f"{where} is there twice",
                expected="one target for a result of a segment; it may have at_least and at_most",
                found=f"{target.kpi} of {target.segment} ({target.scheme}) by {target.period_kind}, again",
                fix="remove one of the two",
            )
        seen.add(key)


def _check_name(name: str, known: Collection[str], *, thing: str, where: str) -> None:
    if name not in known:
        close = difflib.get_close_matches(name, list(known), n=1)
        raise TesseraError(
            f"{where}: there is no {thing} {name!r}",
            expected=f"one of {', '.join(sorted(known))}",
            found=name,
            fix=f"did you mean {close[0]}?" if close else f"correct the name of the {thing}",
        )
