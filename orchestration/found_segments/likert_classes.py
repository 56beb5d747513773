"""Classes of respondents by what they agree with, learnt tonight or taken over from the served version.

Belongs here: which respondents teach, when the kept classes are applied instead of learning again, the classes of every
response. Does not belong here: reading answers (``statements``), how classes are found (``ml.surveys``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ml.errors import ModelInputError, NotEnoughAnswersError, ParameterFormatError
from ml.surveys.class_naming import item_statements
from ml.surveys.construct_scores import construct_statements
from ml.surveys.factor_analysis import LikertFactors
from ml.surveys.latent_classes import LatentClassSegmenter
from orchestration.found_segments.respondent_classes import RespondentClasses, left_out
from orchestration.found_segments.statements import Battery

_RULE = (
    "the likeliest class of the answers to statements; of customers who were not asked, the class inferred from how "
    "they buy, where it is certain enough"
)


def learn_classes(
    battery: Battery,
    *,
    tonight: dt.date,
    maximum_age_days: int,
    minimum_responses: int,
    code_prefix: str,
    construct_prefix: str = "",
    previous: Mapping[str, Any] | None = None,
) -> RespondentClasses:
    """Learn classes from the responses that count tonight, or take the previous ones over where these are the same.

    Classes are learnt on scores of constructs, and as many are taken as the integrated completed likelihood says: on
    the simulated company four of four, with an adjusted Rand index of .87, where BIC goes on splitting to nine.

    Args:
        battery: The responses.
        tonight: The date to learn from.
        maximum_age_days: Days for which a response counts.
        minimum_responses: Fewest respondents with every construct scored.
        code_prefix: Letter before the number of a class's code.
        construct_prefix: Beginning of constructs that says nothing to a reader.
        previous: Parameters of the version to carry codes and names over from.

    Raises:
        NotEnoughAnswersError: Too few respondents.
        NoEligibleClustersError: No number of classes is large and stable enough.
        ModelInputError: The answers cannot be used.
    """
    counting = battery.counting_on(tonight, maximum_age_days=maximum_age_days)
    taught = battery.scores.loc[counting["response"]].set_axis(counting.index)
    if taught.empty:
        raise NotEnoughAnswersError(
            "there are no answers to learn classes from",
            expected=f"at least {minimum_responses} respondents",
            found="none whose answers count tonight",
            fix="ask customers, with statements on three constructs or more",
        )
    model = LatentClassSegmenter(
        criterion="icl",
        min_respondents=minimum_responses,
        statements=construct_statements(list(taught.columns), prefix=construct_prefix),
        code_prefix=code_prefix,
        starts=3,
        bootstraps=3,
    )
    note = ""
    kept = previous.get("classes") if previous else None
    try:
        # The segmenter gives its previous version back where answers and settings are the same.
        model.fit(taught, previous=kept)
    except ParameterFormatError as error:
        note = f"codes and names start anew, the served version's model cannot be read: {error.what}"
        model.fit(taught)
    codes = model.predict(battery.scores)
    labels = pd.DataFrame(
        {"segment_code": codes, "confidence": model.confidence(battery.scores)}, index=battery.scores.index
    )
    factors = _factors(battery, minimum_responses, previous if is_taken_over(model, kept) else None)
    return RespondentClasses(
        learnt_from=model.learnt_from_,
        minimum_responses=minimum_responses,
        segments=model.segments_,
        responses=battery.responses,
        labels=labels,
        reasons_of=lambda responses: _reasons(model, battery, responses),
        parameters={
            "classes": model.to_parameters(),
            "factors": None if factors is None else factors.to_parameters(),
        },
        rule=_RULE,
        told=_told(battery, model, factors, len(counting)),
        note=note,
        tables={
            "segments": model.segments_,
            "choice of the number of classes": model.k_selection_,
            "factors": pd.DataFrame() if factors is None else factors.factors_.drop(columns="items"),
        },
    )


def _reasons(model: LatentClassSegmenter, battery: Battery, responses: pd.Series) -> list[list[dict[str, Any]]]:
    """Return for each response the constructs that decide most for its class."""
    told = model.explain(battery.scores.loc[responses])
    return [[{**r, "value": None if r["value"] is None else f"{r['value']:.2f}"} for r in row] for row in told]


def _told(battery: Battery, model: LatentClassSegmenter, factors: LikertFactors | None, respondents: int) -> str:
    chosen = model.k_selection_[model.k_selection_["chosen"].astype(bool)].iloc[0]
    beside = "" if factors is None else f", {len(factors.factors_)} factors by parallel analysis"
    return (
        f"{int(chosen['k'])} classes of {respondents} respondents, stability {chosen['stability']:.2f}"
        f"{beside}{left_out(battery.exclusions, 'responses')}"
    )


def is_taken_over(model: LatentClassSegmenter, kept: Mapping[str, Any] | None) -> bool:
    """Whether the classes are the served version's, because the answers are."""
    return kept is not None and kept.get("learnt_from") == model.learnt_from_


def _factors(battery: Battery, minimum: int, previous: Mapping[str, Any] | None) -> LikertFactors | None:
    """What the statements of the largest survey have in common: whether they measure what their constructs say."""
    if previous and previous.get("factors"):
        return LikertFactors.from_parameters(previous["factors"])
    matrix = battery.matrices[0]
    model = LikertFactors(min_respondents=minimum, statements=item_statements(matrix.items))
    try:
        return model.fit(matrix.answers)
    except (NotEnoughAnswersError, ModelInputError):
        return None
