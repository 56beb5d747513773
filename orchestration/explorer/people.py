"""The personas of a version: the rows of each segment brought together for their writer.

Belongs here: finding each segment's rows in the tables of the page. Does not belong here: what is said (``personas``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from orchestration.explorer.reading import Table
from orchestration.personas.persona import Persona
from orchestration.personas.writer import Material, persona_of

_EMPTY = Table((), ())


def personas(tables: Mapping[str, Table]) -> dict[str, dict[str, Any]]:
    """Every current segment's persona in plain JSON types, by scheme and segment code."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for persona in _written(tables):
        found[persona.scheme][persona.segment_code] = persona.to_plain()
    return dict(found)


def _written(tables: Mapping[str, Table]) -> list[Persona]:
    def by_segment(name: str) -> dict[tuple[Any, Any], list[dict[str, Any]]]:
        grouped = defaultdict(list)
        for row in tables.get(name, _EMPTY).records():
            grouped[row["scheme"], row["segment_code"]].append(row)
        return grouped

    schemes = {row["scheme"]: row for row in tables["segmentation_schemes"].records()}
    scores = {row["scheme"]: row for row in tables.get("scheme_scorecard", _EMPTY).records()}
    traits, certainty, reach = (
        by_segment(name) for name in ("segment_traits", "membership_certainty", "segment_reach")
    )
    treatments, kpis = by_segment("treatment_mix"), by_segment("segment_kpis")
    written = []
    for profile in tables["segment_profiles"].records():
        segment = profile["scheme"], profile["segment_code"]
        if profile["is_current"] and profile["scheme"] in schemes:
            written.append(
                persona_of(
                    Material(
                        profile=profile,
                        scheme=schemes[profile["scheme"]],
                        traits=traits[segment],
                        score=scores.get(profile["scheme"]),
                        membership=next(iter(certainty[segment]), None),
                        reach=next(iter(reach[segment]), None),
                        kpis=_newest_quarter(kpis[segment]),
                        treatments=treatments[segment] if "treatment_mix" in tables else None,
                    )
                )
            )
    return written


def _newest_quarter(kpis: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The newest quarter that is over: a month says too little of one segment, a year too late."""
    newest = {row["period_kind"]: row for row in kpis if row["is_newest"]}
    return newest.get("quarter") or newest.get("month")
