"""What to do with a segment and what not: the treatments that its customers got, and whom we may address.

Belongs here: treatments and consents as sentences. Does not belong here: choosing treatments (a policy does that).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.personas.persona import Chapter, Figure, Sentence, says

Row = Mapping[str, Any]

TREATMENTS, REACH = "treatment_mix", "segment_reach"
_TREATMENT_KEY = ("scheme", "segment_code", "dimension", "treatment")
# The option of a policy that is nothing.
_NOTHING = "none"
_CHANNELS = (("email", "by e-mail"), ("sms", "by text message"), ("phone", "by telephone"))


def advice(treatments: Sequence[Row] | None, reach: Row | None) -> tuple[Chapter, Chapter]:
    """The chapters on what to do and what not.

    Args:
        treatments: For each dimension and treatment the share of the segment's customers who got it; None where the
            version has no treatments.
        reach: Share of the segment's customers whom we may address on each channel, None where that is not known.
    """
    if treatments is None:
        do: tuple[Sentence, ...] = (says("This version was published without treatments, so nothing is advised here."),)
        left_out: tuple[Sentence, ...] = ()
    else:
        leading = _leading(treatments)
        do = tuple(_given(row) for row in leading if not _is_left_out(row))
        left_out = tuple(_given(row) for row in leading if _is_left_out(row))
    do = do or (says("No rule of the policy asks for anything in particular."),)
    do_not = (*left_out, *_not_addressed(reach)) or (says("Nothing in this version speaks against addressing them."),)
    return Chapter("What to do", do), Chapter("What not to do", do_not)


def _leading(treatments: Sequence[Row]) -> list[Row]:
    """The most frequent treatment of each dimension."""
    leading: dict[str, Row] = {}
    for row in sorted(treatments, key=lambda row: (row["dimension"], -row["treated_share"], row["treatment"])):
        leading.setdefault(row["dimension"], row)
    return list(leading.values())


def _is_left_out(row: Row) -> bool:
    return row["treatment"] == _NOTHING


def _given(row: Row) -> Sentence:
    share = Figure(
        row["treated_share"], "share", TREATMENTS, "treated_share", {key: row[key] for key in _TREATMENT_KEY}
    )
    dimension, treatment = (str(row[name]).replace("_", " ") for name in ("dimension_name", "treatment_name"))
    if _is_left_out(row):
        return says(f"No {dimension[:1].lower()}{dimension[1:]} for ", share, " of them.")
    return says(f"{dimension[:1].upper()}{dimension[1:]}: {treatment}, for ", share, " of them.")


def _not_addressed(reach: Row | None) -> tuple[Sentence, ...]:
    if reach is None:
        return ()
    key = {name: reach[name] for name in ("scheme", "segment_code")}
    return tuple(
        says(Figure(share, "share", REACH, column, key), f" of them may not be addressed {words}.")
        for channel, words in _CHANNELS
        if (share := reach.get(column := f"not_{channel}_share"))
    )
