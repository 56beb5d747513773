"""From rows of answers to a matrix of respondents and items that models can be fitted to.

Belongs here: which answer counts, turning reversed items, centring on the person, and which respondents are left out
and why. Does not belong here: imputing, factors, classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.errors import ModelInputError, NotEnoughAnswersError

OWNER = "answer_matrix"
TOO_FEW_ANSWERS = "too_few_answers"
STRAIGHT_LINER = "straight_liner"
SPEEDER = "speeder"
_ITEM_COLUMNS = ("text", "construct", "scale_min", "scale_max", "reversed")


@dataclass(frozen=True, kw_only=True)
class AnswerMatrix:
    """Respondents x items, ready for a model.

    Attributes:
        answers: One row per respondent kept, sorted by customer_id; one column per item, sorted. Shares of the scale in
            the direction of what the item measures (0-1), or, where ipsatised, their difference from the
            respondent's own mean. NaN where not answered.
        items: One row per item: text, construct, scale_min, scale_max, reversed.
        excluded: Respondents left out: customer_id to reason, sorted by customer_id.
        exclusions: Reason to number of respondents, every reason listed.
        complete_count: Respondents kept who answered every item.
        ipsatised: Whether the values are centred on the person.
        off_scale_count: Answers outside their item's scale, taken as not given.
    """

    answers: pd.DataFrame
    items: pd.DataFrame
    excluded: pd.Series
    exclusions: dict[str, int]
    complete_count: int
    ipsatised: bool
    off_scale_count: int


def answer_matrix(
    answers: pd.DataFrame,
    questions: pd.DataFrame,
    *,
    kinds: Sequence[str] = ("likert",),
    ipsatised: bool = False,
    max_missing_share: float = 0.25,
    min_straight_line_items: int = 6,
    seconds: pd.Series | None = None,
    min_speed_share: float = 0.5,
    min_complete: int = 200,
) -> AnswerMatrix:
    """Return the matrix of the items that are answered on a scale.

    Left out, the first reason that fits counts: respondents who skipped more than ``max_missing_share`` of the items;
    straight-liners, who ticked one and the same place at ``min_straight_line_items`` items or more (as ticked, before
    reversed items are turned: a row of fives agrees with a statement and with its opposite); speeders, who needed less
    than ``min_speed_share`` of the median time (the relative speed index of 2 of Leiner 2019, "Too fast, too straight,
    too weird", Survey Research Methods 13(3), is a share of 1/2).

    Centring subtracts the respondent's own mean over the items answered, after turning: what is left is what somebody
    agrees with more than with the rest (ipsatisation, Cunningham, Cunningham & Green 1977). Centred rows sum to 0, so
    their correlations are biased downwards: classes want them, factors do not.

    Args:
        answers: One row per answer: customer_id, question_id, answer_number; optional answered_at, of which the latest
            counts where somebody answered an item twice.
        questions: One row per item: question_id, kind, scale_min, scale_max; optional reversed, construct, text.
        kinds: Kinds of questions to take.
        ipsatised: Centre on the person.
        max_missing_share: Largest share of items that a respondent may skip, 0-1.
        min_straight_line_items: Items answered from which one and the same tick is taken for a straight line.
        seconds: Time that each respondent took, indexed by customer_id; who has none is no speeder.
        min_speed_share: Share of the median time below which somebody is a speeder.
        min_complete: Fewest respondents with every item answered.

    Raises:
        ModelInputError: A column is missing, an item is listed twice or has no scale, or a customer answered an item
            more than once at the same moment.
        NotEnoughAnswersError: Fewer complete respondents than ``min_complete``.
    """
    items = _items(questions, kinds)
    wide = _latest(answers, items.index)
    low = items["scale_min"].to_numpy(dtype=np.float64)
    high = items["scale_max"].to_numpy(dtype=np.float64)
    ticked = wide.to_numpy(dtype=np.float64)
    off_scale = (ticked < low) | (ticked > high)
    shares = np.where(off_scale, np.nan, (ticked - low) / (high - low))
    reasons = _reasons(
        shares, wide.index, max_missing_share=max_missing_share, min_items=min_straight_line_items,
        seconds=seconds, min_speed_share=min_speed_share,
    )  # fmt: skip
    kept = reasons == ""
    turned = np.where(items["reversed"].to_numpy(dtype=bool), 1 - shares, shares)[kept]
    complete = int((~np.isnan(turned)).all(axis=1).sum())
    exclusions = {name: int((reasons == name).sum()) for name in (TOO_FEW_ANSWERS, STRAIGHT_LINER, SPEEDER)}
    if complete < min_complete:
        out = ", ".join(f"{count} {name}" for name, count in exclusions.items())
        raise NotEnoughAnswersError(
            f"{OWNER}: too few complete responses to learn from",
            expected=f"at least {min_complete} respondents with all {len(items)} items answered (min_complete)",
            found=f"{complete} of {len(wide)} respondents; left out: {out}",
            fix="ask more customers, or leave out items that many skip",
        )
    if ipsatised:
        turned = turned - np.nanmean(turned, axis=1, keepdims=True)
    return AnswerMatrix(
        answers=pd.DataFrame(turned, index=wide.index[kept], columns=items.index.to_list()),
        items=items,
        excluded=pd.Series(reasons[~kept], index=wide.index[~kept], name="reason", dtype=object),
        exclusions=exclusions,
        complete_count=complete,
        ipsatised=ipsatised,
        off_scale_count=int(off_scale.sum()),
    )


def _reasons(
    shares: np.ndarray,
    index: pd.Index,
    *,
    max_missing_share: float,
    min_items: int,
    seconds: pd.Series | None,
    min_speed_share: float,
) -> np.ndarray:
    """Return why each respondent is left out, shape (n,), empty for those who are kept."""
    answered = (~np.isnan(shares)).sum(axis=1)
    lowest = np.where(np.isnan(shares), np.inf, shares).min(axis=1, initial=np.inf)
    highest = np.where(np.isnan(shares), -np.inf, shares).max(axis=1, initial=-np.inf)
    reasons = np.full(len(shares), "", dtype=object)
    if seconds is not None:
        took = seconds.reindex(index).to_numpy(dtype=np.float64, na_value=np.nan)
        known = took[~np.isnan(took)]
        if len(known):
            reasons[took < min_speed_share * np.median(known)] = SPEEDER
    reasons[(answered >= min_items) & (lowest == highest)] = STRAIGHT_LINER
    allowed = (1 - max_missing_share) * shares.shape[1]
    # A hair of tolerance: three quarters of 12 items is 9, whatever the floating product says.
    reasons[(answered < allowed - 1e-9) | (answered == 0)] = TOO_FEW_ANSWERS
    return reasons


def _items(questions: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    """Return the items of the wanted kinds, indexed and sorted by question_id."""
    _need(questions, ("question_id", "kind", "scale_min", "scale_max"), "questions")
    items = questions[questions["kind"].isin(list(kinds))].copy()
    repeated = items["question_id"][items["question_id"].duplicated()]
    unscaled = items["question_id"][~(items["scale_min"] < items["scale_max"]).fillna(False).astype(bool)]
    for wrong, expected in (
        (repeated, "each question_id once; put the survey before it where two surveys share one"),
        (unscaled, "scale_min below scale_max for every item"),
    ):
        if len(wrong):
            raise ModelInputError(
                f"{OWNER}: question {wrong.iloc[0]!r} cannot be read",
                expected=expected,
                found=f"{len(wrong)} that are not so: {', '.join(map(repr, wrong.iloc[:3]))}",
                fix="correct the table of questions",
            )
    if items.empty:
        raise ModelInputError(
            f"{OWNER}: no item to read",
            expected=f"questions of the kinds {', '.join(kinds)}",
            found=f"kinds {', '.join(sorted(map(str, questions['kind'].unique()))) or 'none'}",
            fix="pass the questions of one battery, with their kinds",
        )
    for column in ("text", "construct"):
        given = items[column] if column in items else pd.Series(None, index=items.index, dtype=object)
        items[column] = given.astype(object).where(given.notna(), None)
    items["reversed"] = items["reversed"].fillna(False).astype(bool) if "reversed" in items else False
    return items.set_index("question_id")[list(_ITEM_COLUMNS)].sort_index(kind="stable")


def _latest(answers: pd.DataFrame, items: pd.Index) -> pd.DataFrame:
    """Return respondents x items, the latest answer of each; sorted both ways."""
    _need(answers, ("customer_id", "question_id", "answer_number"), "answers")
    rows = answers[answers["question_id"].isin(items) & answers["answer_number"].notna()]
    if rows["customer_id"].isna().any():
        raise ModelInputError(
            f"{OWNER}: an answer has no customer_id",
            expected="a customer_id on every answer",
            found=f"{int(rows['customer_id'].isna().sum())} answers without one",
            fix="leave out anonymous answers: nobody's segment follows from them",
        )
    key = ["customer_id", "question_id"]
    if "answered_at" in rows:
        newest = rows.groupby(key)["answered_at"].transform("max")
        rows = rows[rows["answered_at"] == newest]
    # The same answer twice is one answer; two different ones at one moment cannot be told apart.
    rows = rows[[*key, "answer_number"]].drop_duplicates()
    twice = rows[rows.duplicated(key)]
    if len(twice):
        raise ModelInputError(
            f"{OWNER}: a customer answered a question more than once",
            expected="one answer per customer and question, or answered_at to take the latest by",
            found=f"{len(twice)} further answers, for example of {twice['customer_id'].iloc[0]!r}",
            fix="pass answered_at, or the answers of one response per customer",
        )
    wide = rows.pivot_table(index="customer_id", columns="question_id", values="answer_number", aggfunc="first")
    return wide.reindex(columns=items).sort_index(kind="stable")


def _need(frame: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise ModelInputError(
            f"{OWNER}: the table of {name} has no column {absent[0]!r}",
            expected=f"the columns {', '.join(columns)}",
            found=f"{len(absent)} absent: {', '.join(absent)}",
            fix="give the columns these names before passing the table",
        )
