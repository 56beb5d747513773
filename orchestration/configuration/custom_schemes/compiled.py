"""Custom schemes as the dbt model and the catalogue take them.

Belongs here: SQL, and the rows of the catalogue. Does not belong here: reading and checking rules.

Nothing of ``tessera.yml`` reaches SQL but through ``data_contracts.sql_quoting``, names of features and codes included.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from data_contracts import sql_quoting as sql
from orchestration.configuration.conditions.sql import when_sql
from orchestration.configuration.custom_scheme_settings import CustomScheme
from orchestration.configuration.custom_schemes.coverage import check_coverage
from orchestration.configuration.custom_schemes.rules import SECTION, UNKNOWN, Scheme, Segment, read_scheme
from orchestration.configuration.custom_schemes.words import rest_in_words, rule_in_words
from orchestration.configuration.feature_catalog import feature_catalog
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError

# Told apart on a chart, also by most who see few colours; taken in turn where a segment has no colour of its own.
_PALETTE = (
    "#0b6e4f", "#2a9d8f", "#76c893", "#e9c46a", "#f4a261", "#e76f51", "#9d4edd", "#457b9d", "#a8dadc", "#6c757d",
)  # fmt: skip
# A scheme's model joins the dates.
_AS_OF_DATE = '"as_of_dates"."as_of_date"'
_REST_COLOUR = "#ced4da"
_UNKNOWN_COLOUR = "#e9ecef"


def compile_schemes(
    settings: Mapping[str, CustomScheme], *, catalogued: Mapping[str, str], file: YamlFile
) -> tuple[dict[str, Any], ...]:
    """Read, check and compile every custom scheme.

    Args:
        settings: The section of ``tessera.yml``.
        catalogued: Names of the project's own schemes by their codes.
        file: The ``tessera.yml``, for the lines of what is wrong.

    Returns:
        One entry per scheme, as the variable ``custom_schemes`` of the dbt project describes it.

    Raises:
        TesseraError: A scheme cannot be built as it is written.
    """
    if not settings:
        return ()
    catalog = feature_catalog()
    taken: dict[str, str] = {name.lower(): code for code, name in catalogued.items()}
    schemes = []
    for code, scheme_settings in settings.items():
        scheme = read_scheme(code, scheme_settings, catalog=catalog, file=file)
        _check_name(scheme, catalogued=catalogued, taken=taken, file=file)
        taken[scheme.name.lower()] = code
        check_coverage(scheme, file=file)
        schemes.append(compiled(scheme))
    return tuple(schemes)


def compiled(scheme: Scheme) -> dict[str, Any]:
    """A scheme as the dbt model takes it: only text, lists and numbers."""
    rest = scheme.otherwise.code if scheme.otherwise else UNKNOWN
    reasons = [{"segment_code": rule.segment.code, "features": list(rule.columns)} for rule in scheme.rules]
    return {
        "scheme": scheme.code,
        "scheme_name": scheme.name,
        "description": scheme.description,
        "families": sorted({feature.table for feature in scheme.columns.values()}),
        "features": list(scheme.columns),
        "segments": _catalog_rows(scheme),
        "case_sql": case_sql(scheme),
        "reasons": [*reasons, {"segment_code": rest, "features": list(scheme.columns)}],
    }


def case_sql(scheme: Scheme) -> str:
    """The segment's code as an SQL expression over the features and ``as_of_dates.as_of_date``."""
    branches = [
        f"when {when_sql(scheme, rule, as_of_date=_AS_OF_DATE)} then {sql.text(rule.segment.code)}"
        for rule in scheme.rules
    ]
    rest = scheme.otherwise.code if scheme.otherwise else UNKNOWN
    return f"case {' '.join(branches)} else {sql.text(rest)} end"


def _catalog_rows(scheme: Scheme) -> list[dict[str, Any]]:
    rows = []
    for order, rule in enumerate(scheme.rules, 1):
        said = rule_in_words(scheme, rule)
        colour = _PALETTE[(order - 1) % len(_PALETTE)]
        rows.append(_catalog_row(rule.segment, rule=said, order=order, colour=colour, owner=scheme.owner))
    # Without otherwise the rules fit everybody; unknown would hold a customer with a value that no feature should have.
    rest = scheme.otherwise or Segment(UNKNOWN, "Unknown", "None of the rules fits", _UNKNOWN_COLOUR)
    said = rest_in_words(scheme)
    rows.append(_catalog_row(rest, rule=said, order=len(rows) + 1, colour=_REST_COLOUR, owner=scheme.owner))
    return rows


def _catalog_row(segment: Segment, *, rule: str, order: int, colour: str, owner: str) -> dict[str, Any]:
    return {
        "segment_code": segment.code,
        "segment_name": segment.name,
        "description": segment.description or rule,
        "rule": rule,
        "display_order": order,
        "colour": segment.colour or colour,
        "owner": owner,
    }


def _check_name(scheme: Scheme, *, catalogued: Collection[str], taken: Mapping[str, str], file: YamlFile) -> None:
    same = scheme.code if scheme.code in catalogued else taken.get(scheme.name.lower())
    if same is not None:
        raise TesseraError(
            f"{file.path} line {file.line_of((SECTION, scheme.code))}: there is already a scheme {same}",
            expected="a code and a name of its own for every scheme",
            found=f"{scheme.code}, {scheme.name}",
            fix="choose another key, or another name",
        )
