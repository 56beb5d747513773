"""From rows of survey answers to best-worst tasks.

Belongs here: how an answer to a max_diff or choice question is read. Does not belong here: the model, other kinds of
questions (``answer_matrix``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ml.errors import ModelInputError

OWNER = "max_diff_tasks"
# How answers with several options are joined, as the contract of survey answers says.
JOINED_BY = "; "


def max_diff_tasks(answers: pd.DataFrame, *, shown: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
    """Return one row per customer and task, as ``MaxDiffClasses`` reads it.

    A question is a task. Its answer names the best option and, where it was asked, after a semicolon and a blank the
    worst. Where it is not said what a question showed, it showed whatever anybody chose as best or worst in it: right
    where a question shows the same options to everybody and has been answered by many, wrong where options are drawn
    anew for each respondent.

    Args:
        answers: customer_id, question_id, answer_choice; optional answered_at, of which the latest counts where
            somebody answered a question twice.
        shown: question_id to the options that it shows.

    Returns:
        customer_id, task_id, shown (sorted tuple), best_item, worst_item (None where it was not asked), sorted by
        customer and task. Questions that turn out to show fewer than two options are left out.

    Raises:
        ModelInputError: A column is missing, or an answer names more than two options.
    """
    absent = [name for name in ("customer_id", "question_id", "answer_choice") if name not in answers.columns]
    if absent:
        raise _unreadable(f"no column {absent[0]!r}")
    rows = answers[answers["answer_choice"].fillna("").astype(str).str.strip() != ""]
    by = ["customer_id", "question_id", *(["answered_at"] if "answered_at" in rows else []), "answer_choice"]
    rows = rows.sort_values(by, kind="stable").drop_duplicates(["customer_id", "question_id"], keep="last")
    named = [[part.strip() for part in str(answer).split(JOINED_BY)] for answer in rows["answer_choice"]]
    too_many = [parts for parts in named if len(parts) > 2 or (len(parts) == 2 and parts[0] == parts[1])]
    if too_many:
        raise _unreadable(f"{len(too_many)} other answers, for example {JOINED_BY.join(too_many[0])!r}")
    options: dict[str, set[str]] = {}
    for question, parts in zip(rows["question_id"], named, strict=True):
        options.setdefault(str(question), set()).update(parts)
    if shown is not None:
        options = {question: set(listed) for question, listed in shown.items()}
    tasks = pd.DataFrame(
        {
            "customer_id": rows["customer_id"].to_list(),
            "task_id": rows["question_id"].astype(str).to_list(),
            "shown": [tuple(sorted(options.get(str(question), ()))) for question in rows["question_id"]],
            "best_item": pd.Series([parts[0] for parts in named], dtype=object),
            "worst_item": pd.Series([parts[1] if len(parts) > 1 else None for parts in named], dtype=object),
        }
    )
    return tasks[tasks["shown"].map(len) >= 2].reset_index(drop=True)


def _unreadable(found: str) -> ModelInputError:
    return ModelInputError(
        f"{OWNER}: the answers cannot be read",
        expected="customer_id, question_id and answer_choice, which is 'best' or 'best; worst'",
        found=found,
        fix="pass answers of the kinds max_diff and choice only; options may not hold a semicolon and a blank",
    )
