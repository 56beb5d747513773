"""Segments of customers who were not asked, inferred from how they buy by a model of those who were.

Belongs here: which features of a customer the model sees, learning it once for the same answers, inferring date by
date. Does not belong here: what customers said themselves, how the model learns (``ml.surveys.typing_model``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from ml.errors import ModelInputError, NotEnoughAnswersError, ParameterFormatError
from ml.surveys.typing_model import TypingModel
from orchestration.found_segments.found import CUSTOMERS
from orchestration.found_segments.typing_features import TYPING_FEATURES

SAID_SO = "said so"
INFERRED = "inferred"
# Respondents out of fold who are as certain as the inferred have to be: of fewer nobody can say how many are right.
FEWEST_CERTAIN = 30


@dataclass(frozen=True, kw_only=True)
class Typing:
    """The model that infers segments.

    Attributes:
        model: None where there was too little to learn from; it may also refuse.
        why_not: Why nobody is inferred; empty where somebody may be.
    """

    model: TypingModel | None
    why_not: str

    @property
    def serves(self) -> bool:
        """Whether anybody may be inferred."""
        return self.model is not None and not self.why_not

    @property
    def detail(self) -> str:
        """How good it is out of fold, or why there is none, in words."""
        if self.model is None or not self.serves:
            return f"nobody else is inferred: {self.why_not}"
        told = self.model.report_
        return (
            f"others inferred, {told['accuracy']:.0%} right out of fold against {told['majority_accuracy']:.0%} by the "
            f"largest segment; {told['typed_share']:.0%} are certain enough, of whom {told['typed_accuracy']:.0%} right"
        )

    def report(self) -> pd.DataFrame:
        """The out-of-fold report as a table."""
        told = {} if self.model is None else self.model.report_
        return pd.DataFrame({"measure": list(told), "value": list(told.values())})

    def to_parameters(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"model": None if self.model is None else self.model.to_parameters(), "why_not": self.why_not}


def learn_typing(
    connection: duckdb.DuckDBPyConnection,
    segments: pd.Series,
    *,
    tonight: dt.date,
    minimum_probability: float,
    minimum_responses: int,
    kept: Mapping[str, Any] | None = None,
) -> Typing:
    """Learn who else would be in which segment.

    Args:
        connection: The warehouse.
        segments: What customers said, indexed by customer_id.
        tonight: The date whose features teach.
        minimum_probability: Probability from which somebody is inferred, 0-1.
        minimum_responses: Fewest customers who said something.
        kept: ``kept_typing()``.
    """
    if kept is not None:
        model = None if kept["model"] is None else TypingModel.from_parameters(kept["model"])
        return Typing(model=model, why_not=str(kept["why_not"]))
    model = TypingModel(min_probability=minimum_probability, min_respondents=minimum_responses)
    features = _features(connection, tonight, of=segments.index)
    try:
        model.fit(features, segments.loc[segments.index.isin(features.index)])
    except (NotEnoughAnswersError, ModelInputError) as error:
        return Typing(model=None, why_not=f"{error.what}; found {error.found}, expected {error.expected}")
    return Typing(model=model, why_not=model.refusal_ or _certain_in_vain(model))


def _certain_in_vain(model: TypingModel) -> str:
    """Return why the certain ones cannot be believed, empty where they can.

    Probabilities are calibrated over all respondents; the few at the upper end may still promise too much, and they
    are the ones who get a segment.
    """
    told = model.report_
    certain = round(told["typed_share"] * told["respondents"])
    found = f"{certain} respondents certain enough out of fold"
    if certain < FEWEST_CERTAIN:
        return f"{found}, too few to tell how many are right"
    if told["typed_accuracy"] < model.min_probability:
        return f"{found}, of whom {told['typed_accuracy']:.0%} right where {model.min_probability:.0%} are promised"
    return ""


def kept_typing(previous: Mapping[str, Any] | None, learnt_from: str) -> Mapping[str, Any] | None:
    """Return the kept typing where it was learnt from the same answers and can be read."""
    if previous is None or previous.get("learnt_from") != learnt_from or "typing" not in previous:
        return None
    kept: Mapping[str, Any] = previous["typing"]
    try:
        if kept["model"] is not None:
            TypingModel.from_parameters(kept["model"])
    except (ParameterFormatError, KeyError, TypeError):
        return None
    return kept


def infer(
    connection: duckdb.DuckDBPyConnection,
    typing: Typing,
    *,
    said: Mapping[dt.date, pd.Index],
    tonight: dt.date,
) -> pa.Table:
    """Infer the segments of everybody who said nothing, on every date.

    Args:
        connection: The warehouse.
        typing: The model.
        said: Evaluated date to the customers who said it themselves, who are left out.
        tonight: The date that has reasons.
    """
    if typing.model is None or not typing.serves:
        return CUSTOMERS.empty_table()
    parts = []
    for date in sorted(said):
        features = _features(connection, date)
        features = features[~features.index.isin(said[date])]
        # Date by date, so that memory holds one date's features.
        parts.append(_inferred(typing.model, features, date=date, explain=date == tonight))
    return pa.concat_tables(parts) if parts else CUSTOMERS.empty_table()


def _inferred(model: TypingModel, features: pd.DataFrame, *, date: dt.date, explain: bool) -> pa.Table:
    posterior = model.posterior(features)
    confidence = posterior.max(axis=1)
    certain = confidence >= model.min_probability
    codes = posterior[certain].idxmax(axis=1)
    reasons = None
    if explain:
        reasons = [
            [basis(INFERRED), *({**r, "value": None if r["value"] is None else f"{r['value']:g}"} for r in row)]
            for row in model.explain(features[certain])
        ]
    return customers_table(codes, confidence[certain], reasons, date=date)


def basis(word: str) -> dict[str, Any]:
    """The reason that says whether a customer said it or the model infers it."""
    return {"feature": "basis", "value": word, "effect": 0.0}


def customers_table(
    codes: pd.Series, confidence: pd.Series, reasons: list[list[dict[str, Any]]] | None, *, date: dt.date
) -> pa.Table:
    """Return one date's segments in the shape of the warehouse."""
    count = len(codes)
    kind = CUSTOMERS.field("reasons").type
    return pa.table(
        {
            "customer_id": pa.array(codes.index, pa.string()),
            "as_of_date": pa.array([date] * count, pa.date32()),
            "segment_code": pa.array(codes, pa.string()),
            "confidence": pa.array(confidence, pa.float64()),
            "reasons": pa.nulls(count, kind) if reasons is None else pa.array(reasons, kind),
        },
        schema=CUSTOMERS,
    )


def evaluated_dates(connection: duckdb.DuckDBPyConnection) -> list[dt.date]:
    """Return every evaluated date, the oldest first."""
    return [row[0] for row in connection.execute("select as_of_date from features.as_of_dates order by 1").fetchall()]


def _features(connection: duckdb.DuckDBPyConnection, date: dt.date, of: pd.Index | None = None) -> pd.DataFrame:
    """Return the features of one date by customer_id, sorted: numbers as floats, texts as they are."""
    first, *others = TYPING_FEATURES
    columns = ", ".join(f"{family}.{name}" for family, names in TYPING_FEATURES.items() for name in names)
    joins = "\n".join(
        f"inner join features.{family} on {first}.customer_id = {family}.customer_id "
        f"and {first}.as_of_date = {family}.as_of_date"
        for family in others
    )
    wanted = ""
    if of is not None:
        connection.register("customers_asked", pa.table({"asked_id": pa.array(of, pa.string())}))
        wanted = f"and {first}.customer_id in (select asked_id from customers_asked)"
    rows = connection.execute(
        f"""
        select {first}.customer_id, {columns}
        from features.{first}
        {joins}
        where {first}.as_of_date = ? {wanted}
        order by {first}.customer_id
        """,
        [date],
    ).fetchdf()
    if of is not None:
        connection.unregister("customers_asked")
    features = rows.set_index("customer_id")
    numbers = [name for name in features if pd.api.types.is_numeric_dtype(features[name].dtype)]
    return features.astype(dict.fromkeys(numbers, "float64"))
