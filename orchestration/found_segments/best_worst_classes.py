"""Classes of respondents by what they choose in best-worst (MaxDiff) tasks, learnt tonight or taken over.

Belongs here: which respondents teach, the classes of every response. Does not belong here: reading answers
(``best_worst_tasks``), how classes are found (``ml.surveys.max_diff``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ml.errors import NotEnoughAnswersError, ParameterFormatError
from ml.surveys.max_diff import MaxDiffClasses
from orchestration.found_segments.best_worst_tasks import TaskBattery
from orchestration.found_segments.respondent_classes import RespondentClasses, counting_on, left_out

_RULE = (
    "the likeliest class of the choices in best-worst tasks; of customers who were not asked, the class inferred from "
    "how they buy, where it is certain enough"
)


def learn_choice_classes(
    battery: TaskBattery,
    *,
    tonight: dt.date,
    maximum_age_days: int,
    minimum_responses: int,
    code_prefix: str,
    previous: Mapping[str, Any] | None = None,
) -> RespondentClasses:
    """Learn classes from the responses that count tonight, or take the previous ones over where these are the same.

    Args:
        battery: The answers.
        tonight: The date to learn from.
        maximum_age_days: Days for which a response counts.
        minimum_responses: Fewest respondents.
        code_prefix: Letter before the number of a class's code.
        previous: Parameters of the version to carry codes and names over from.

    Raises:
        NotEnoughAnswersError: Too few respondents.
        NoEligibleClustersError: No number of classes is better than one.
        ModelInputError: The answers cannot be used.
    """
    counting = counting_on(battery.responses, tonight, maximum_age_days=maximum_age_days)
    tasks = battery.tasks
    if tasks is None or counting.empty:
        raise NotEnoughAnswersError(
            "no choices in best-worst tasks to learn from",
            expected=f"at least {minimum_responses} respondents",
            found=f"none whose answers count tonight{left_out(battery.exclusions, 'answers')}",
            fix="ask customers what matters most and least to them, in tasks of four items or so",
        )
    taught = tasks.rows(tasks.customers.get_indexer(pd.Index(counting["response"].sort_values())))
    model = MaxDiffClasses(min_respondents=minimum_responses, code_prefix=code_prefix)
    note = ""
    try:
        # The model gives its previous version back where answers and settings are the same.
        model.fit(taught, previous=previous.get("classes") if previous else None)
    except ParameterFormatError as error:
        note = f"codes and names start anew, the served version's model cannot be read: {error.what}"
        model.fit(taught)
    chances = model.posterior(tasks)
    codes = chances.columns.to_numpy(dtype=object)[chances.to_numpy().argmax(axis=1)]

    def reasons_of(responses: pd.Series) -> list[list[dict[str, Any]]]:
        told = model.explain(tasks.rows(tasks.customers.get_indexer(pd.Index(responses))))
        return [[dict(reason) for reason in row] for row in told]

    return RespondentClasses(
        learnt_from=model.learnt_from_,
        minimum_responses=minimum_responses,
        segments=model.segments_,
        responses=battery.responses,
        labels=pd.DataFrame({"segment_code": codes, "confidence": chances.max(axis=1)}, index=tasks.customers),
        reasons_of=reasons_of,
        parameters={"classes": model.to_parameters()},
        rule=_RULE,
        told=_told(battery, model, len(counting)),
        note=note,
        tables={
            "segments": model.segments_,
            "choice of the number of classes": model.k_selection_,
            "utilities of the items": model.utilities_.T.rename_axis("item").reset_index(),
        },
    )


def _told(battery: TaskBattery, model: MaxDiffClasses, respondents: int) -> str:
    chosen = model.k_selection_[model.k_selection_["chosen"].astype(bool)].iloc[0]
    surveys = "one survey" if battery.surveys == 1 else f"{battery.surveys} surveys"
    return (
        f"classes of choices in best-worst tasks: {int(chosen['k'])} classes by BIC of {respondents} respondents, who "
        f"compared {len(model.items_)} items in {surveys}{left_out(battery.exclusions, 'answers')}"
    )
