"""The glossary: words of the project, segmentations, segments and results, each from the one place that defines it.

Belongs here: what the page tells, the file of words. Does not belong here: reading catalogues and contracts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data_contracts.quick_yaml import read_quick_yaml
from orchestration.configuration.rule_text import filled
from orchestration.errors import TesseraError
from scripts.pages.catalogue import Scheme, Segment
from scripts.pages.markdown import code, page, table
from scripts.pages.threshold_texts import Threshold

_INTRODUCTION = (
    "What words mean here. Segmentations, segments and results are told as the catalogues define them; columns are in"
    " [Columns of the marts](columns.md), features in [Features](features.md), tables in [Models](models.md)."
)
_TERM_KEYS = {"means", "more"}
_RESULT_KEYS = ("unit", "better", "counted", "formula", "source")


@dataclass(frozen=True)
class Term:
    """A word, its meaning, and the page that tells more."""

    name: str
    means: str
    more: str


@dataclass(frozen=True)
class Result:
    """A row of the KPI catalogue."""

    code: str
    name: str
    unit: str
    better: str
    counted: str
    formula: str
    source: str


def read_terms(path: Path) -> tuple[Term, ...]:
    """The words of a file, in the order of the alphabet.

    Raises:
        TesseraError: A word has no meaning or no page, or says something else as well.
    """
    written: Mapping[str, Mapping[str, str]] = read_quick_yaml(path.read_text(encoding="utf-8"))
    for name, told in written.items():
        if not isinstance(told, Mapping) or set(told) != _TERM_KEYS or not all(told.values()):
            raise TesseraError(
                f"{path.name}: the word {name} is not told as the others are",
                expected="means: what it means, more: the page that tells more",
                found=str(told),
                fix="write both",
            )
    terms = (Term(name, " ".join(told["means"].split()), told["more"]) for name, told in written.items())
    return tuple(sorted(terms, key=lambda term: term.name.casefold()))


def read_results(catalogue: Path) -> tuple[Result, ...]:
    """The rows of the KPI catalogue, by their names."""
    with catalogue.open(encoding="utf-8", newline="") as file:
        found = [
            Result(row["kpi"], row["kpi_name"], *(row[key] for key in _RESULT_KEYS)) for row in csv.DictReader(file)
        ]
    return tuple(sorted(found, key=lambda result: result.name.casefold()))


def glossary_page(
    terms: Sequence[Term],
    schemes: Sequence[Scheme],
    results: Sequence[Result],
    thresholds: Mapping[str, Threshold],
) -> str:
    """The text of the page.

    Args:
        terms: The project's own words.
        schemes: The catalogues of schemes and segments.
        results: The KPI catalogue.
        thresholds: Every threshold; rules are told with their defaults.
    """
    defaults = {name: threshold.default for name, threshold in thresholds.items()}
    return page(
        "docs/terms.yml and the catalogues of schemes, segments and KPIs",
        "# Glossary",
        _INTRODUCTION,
        "## Words",
        *(f"### {term.name}\n\n{term.means} [More]({term.more})" for term in terms),
        "## Segmentations",
        table(["name", "code", "what it asks", "where the definition comes from"], _schemes(schemes)),
        "## Segments",
        "Rules are told with the default thresholds. Every scheme has the segment `unknown` besides, for whom it knows"
        " too little about.",
        table(["segment", "scheme", "meaning", "rule"], _segments(schemes, defaults)),
        "## Results of segments",
        "How they are counted, and what they are not, is in [Results of segments](kpis.md); they are columns of"
        " [segment_kpis](marts/segment_kpis.md).",
        table(["name", "code", "formula", "of", "unit", "better", "source"], map(_result, results)),
    )


def _schemes(schemes: Iterable[Scheme]) -> list[list[str]]:
    return [
        [_scheme_link(scheme), code(scheme.code), scheme.question, scheme.source]
        for scheme in sorted(schemes, key=lambda scheme: scheme.name.casefold())
    ]


def _segments(schemes: Iterable[Scheme], defaults: Mapping[str, object]) -> list[list[str]]:
    every = [(segment, scheme) for scheme in schemes for segment in scheme.segments if segment.code != "unknown"]
    return [
        [segment.name, _scheme_link(scheme), segment.description, filled(segment.rule, defaults)]
        for segment, scheme in sorted(every, key=_place)
    ]


def _place(entry: tuple[Segment, Scheme]) -> tuple[str, str]:
    segment, scheme = entry
    return segment.name.casefold(), scheme.name.casefold()


def _result(result: Result) -> list[str]:
    return [
        result.name,
        code(result.code),
        result.formula,
        result.counted,
        result.unit,
        result.better,
        result.source,
    ]


def _scheme_link(scheme: Scheme) -> str:
    return f"[{scheme.name}](schemes/{scheme.code}.md#segments)"
