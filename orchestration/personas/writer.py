"""A persona from the rows of one segment.

Belongs here: which sentences are said in which order, and what is said where a value is missing. Does not belong here:
traits as sentences (``traits``), treatments (``advice``), reading marts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.personas.advice import advice
from orchestration.personas.persona import Chapter, Figure, Kind, Persona, Sentence, says
from orchestration.personas.traits import BUYS, FEELS, NEEDS, WHO, told_of

Row = Mapping[str, Any]

# Names of two codes that every scheme may have; they are no groups of people to address.
_UNKNOWN, _OTHER = "unknown", "other"


@dataclass(frozen=True, kw_only=True)
class Material:
    """What the marts say of one segment.

    Attributes:
        profile: Its current row of ``segment_profiles``.
        scheme: Its scheme's row of ``segmentation_schemes``.
        traits: Its rows of ``segment_traits``.
        score: The scheme's newest row of ``scheme_scorecard``, None where it is not judged.
        membership: Its row of the summary of memberships (mean confidence), None where there is none.
        reach: Its row of the summary of consents, None where there is none.
        kpis: Its newest row of ``segment_kpis``, None where there is none.
        treatments: Its rows of the treatments' summary; None where the version has no treatments.
    """

    profile: Row
    scheme: Row
    traits: Sequence[Row] = ()
    score: Row | None = None
    membership: Row | None = None
    reach: Row | None = None
    kpis: Row | None = None
    treatments: Sequence[Row] | None = None


def persona_of(material: Material) -> Persona:
    """The persona of one segment.

    Args:
        material: The rows of the segment.

    Returns:
        Its headline and its chapters; every number in them is one of the rows'.
    """
    code = str(material.profile["segment_code"])
    chapters = (
        Chapter("Who they are", _who(material, code)),
        Chapter("What they need", told_of(NEEDS, material.traits)),
        Chapter("How they buy", (*_buying(material), *told_of(BUYS, material.traits))),
        Chapter("How they feel about us", (*_satisfaction(material.kpis), *told_of(FEELS, material.traits))),
        *advice(material.treatments, material.reach),
        Chapter("How sure we are", _certainty(material, code)),
    )
    return Persona(
        scheme=str(material.profile["scheme"]),
        segment_code=code,
        headline=_headline(material.profile),
        chapters=tuple(chapter if chapter.sentences else _nothing(chapter.title) for chapter in chapters),
    )


def _nothing(title: str) -> Chapter:
    return Chapter(title, (says("Nothing that clearly sets them apart from all customers."),))


def _of(row: Row, mart: str, keys: Sequence[str], column: str, kind: Kind) -> Figure | None:
    value = row.get(column)
    return None if value is None else Figure(float(value), kind, mart, column, {name: row[name] for name in keys})


def _profile(row: Row, column: str, kind: Kind) -> Figure | None:
    return _of(row, "segment_profiles", ("scheme", "segment_code", "as_of_date"), column, kind)


def _said(*parts: str | Figure | None) -> tuple[Sentence, ...]:
    """The sentence, or none when one of its figures is not known."""
    known = tuple(part for part in parts if part is not None)
    return (says(*known),) if len(known) == len(parts) else ()


def _headline(profile: Row) -> Sentence:
    count, share = _profile(profile, "customers_count", "count"), _profile(profile, "customers_share", "share")
    revenue = _profile(profile, "net_revenue_365d_share", "share")
    told = _said(count, " customers, ", share, " of all, bring ", revenue, " of the past year's revenue.")
    return (told or _said(count, " customers, ", share, " of all."))[0]


def _who(material: Material, code: str) -> tuple[Sentence, ...]:
    if code == _UNKNOWN:
        return (says("Customers of whom too little is known for a segment. They are in no way alike."),)
    if code == _OTHER:
        return (says("Customers of segments that are too small to be shown on their own."),)
    told = told_of(WHO, material.traits)
    description = str(material.profile.get("description") or "").strip().rstrip(".")
    return (*((says(f"{description}."),) if description else ()), *told)


def _buying(material: Material) -> tuple[Sentence, ...]:
    profile = material.profile
    worth, index = (
        _profile(profile, "net_revenue_365d_mean_amount", "money"),
        _profile(profile, "net_revenue_index", "times"),
    )
    days, value = (
        _profile(profile, "order_days_365d_mean", "number"),
        _profile(profile, "average_order_value_365d_amount", "money"),
    )
    silent, discount = (
        _profile(profile, "days_since_last_order_median", "days"),
        _profile(profile, "discount_365d_share", "share"),
    )
    if not profile.get("order_days_365d_mean"):
        return (says("None of them ordered in the past year."),)
    return (
        *_said("Each is worth ", worth, " a year, ", index, " the average."),
        *_said("They order on ", days, " days a year, for ", value, " an order."),
        *_said("Half of them last ordered no more than ", silent, " ago."),
        *_said("Discounts take ", discount, " off what they buy."),
        *_retention(material.kpis),
    )


def _kpi(row: Row, column: str, kind: Kind) -> Figure | None:
    return _of(row, "segment_kpis", ("scheme", "segment_code", "period_kind", "period_start_date"), column, kind)


def _retention(kpis: Row | None) -> tuple[Sentence, ...]:
    if kpis is None:
        return ()
    rate, low, high = (
        _kpi(kpis, column, "share")
        for column in ("period_retention_rate", "period_retention_rate_low", "period_retention_rate_high")
    )
    told = f" bought again ({kpis['period_name']}; 95 % interval "
    return _said("Of those who bought in the period before, ", rate, told, low, " to ", high, ").")


def _satisfaction(kpis: Row | None) -> tuple[Sentence, ...]:
    if kpis is None:
        return ()
    nps, low, high = (_kpi(kpis, column, "points") for column in ("nps", "nps_low", "nps_high"))
    return _said("Their NPS is ", nps, f" ({kpis['period_name']}; 95 % interval ", low, " to ", high, ").")


def _certainty(material: Material, code: str) -> tuple[Sentence, ...]:
    sentences: tuple[Sentence, ...] = ()
    membership = material.membership
    if membership is not None and membership.get("confidence_mean") is not None:
        mean = _of(membership, "membership_certainty", ("scheme", "segment_code"), "confidence_mean", "share")
        sentences += _said("On average the model is ", mean, " sure that they belong here.")
    elif code not in (_UNKNOWN, _OTHER):
        rule = material.scheme.get("method") == "rule"
        sentences += (says("They are here by a rule on what is known of them, not by an estimate."),) if rule else ()
    known = _of(material.scheme, "segmentation_schemes", ("scheme",), "customers_known_share", "share")
    if known is not None and known.value < 1:
        sentences += _said("This way of segmenting knows enough of ", known, " of all customers.")
    return sentences + _foresight(material.score)


def _foresight(score: Row | None) -> tuple[Sentence, ...]:
    if score is None:
        return ()

    def figure(column: str) -> Figure | None:
        return _of(score, "scheme_scorecard", ("scheme", "as_of_date"), column, "share")

    return _said(
        "This way of segmenting foresaw ",
        figure("explained_spend_share"),
        " of the differences in what customers spent afterwards (95 % interval ",
        figure("explained_spend_share_lower"),
        " to ",
        figure("explained_spend_share_upper"),
        ").",
    )
