"""Segments of customers who were not asked, inferred from how they buy by a model of those who were.

Belongs here: which features of a customer the model sees, learning it once for the same answers, inferring date by
date. Does not belong here: what customers said themselves, how the model learns (``ml.surveys.typing_model``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
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
_FIRST, *_OTHERS = TYPING_FEATURES
# Respondents out of fold who are as certain as the inferred have to be: of fewer nobody can say how many are right.
FEWEST_CERTAIN = 30
# Vectors of DuckDB, of 2,048 customers each, that are inferred at a time: features as the model sees them, and reasons,
# which are Python objects before they are columns, of a million customers at once would fill the memory.
VECTORS_AT_A_TIME = 49


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
    features = _features_of(connection, tonight, segments.index)
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
    date: dt.date,
    said: pd.Index,
    explain: bool,
) -> pa.Table:
    """Infer the segments of everybody who had said nothing by a date.

    Args:
        connection: The warehouse.
        typing: The model.
        date: The evaluated date.
        said: The customers who had said it themselves, who are left out.
        explain: Whether they get reasons.
    """
    if typing.model is None or not typing.serves:
        return CUSTOMERS.empty_table()
    parts = [
        _inferred(typing.model, features[~features.index.isin(said)], date=date, explain=explain)
        for features in _features_of_all(connection, date)
    ]
    return pa.concat_tables([CUSTOMERS.empty_table(), *parts])


def _inferred(model: TypingModel, features: pd.DataFrame, *, date: dt.date, explain: bool) -> pa.Table:
    posterior = model.posterior(features)
    confidence = posterior.max(axis=1)
    certain = confidence >= model.min_probability
    if not certain.any():
        # pandas would forget that ids are texts.
        return CUSTOMERS.empty_table()
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


def _features_of(connection: duckdb.DuckDBPyConnection, date: dt.date, customers: pd.Index) -> pd.DataFrame:
    """Return the features of some customers on a date by customer_id, sorted."""
    connection.register("customers_asked", pa.table({"asked_id": pa.array(customers, pa.string())}))
    wanted = f"{_FIRST}.customer_id in (select asked_id from customers_asked)"
    rows = _query_features(connection, date, wanted).fetchdf()
    connection.unregister("customers_asked")
    return _as_numbers_and_texts(rows)


def _features_of_all(connection: duckdb.DuckDBPyConnection, date: dt.date) -> Iterator[pd.DataFrame]:
    """Yield the features of everybody on a date by customer_id, sorted, so many customers at a time."""
    # A cursor of its own, whose result nothing else that is asked meanwhile takes away.
    reader = _query_features(connection.cursor(), date)
    while len(rows := reader.fetch_df_chunk(VECTORS_AT_A_TIME)):
        yield _as_numbers_and_texts(rows)


def _query_features(
    connection: duckdb.DuckDBPyConnection, date: dt.date, wanted: str = "true"
) -> duckdb.DuckDBPyConnection:
    columns = ", ".join(f"{family}.{name}" for family, names in TYPING_FEATURES.items() for name in names)
    joins = "\n".join(
        f"inner join features.{family} on {_FIRST}.customer_id = {family}.customer_id "
        f"and {_FIRST}.as_of_date = {family}.as_of_date"
        for family in _OTHERS
    )
    return connection.execute(
        f"""
        select {_FIRST}.customer_id, {columns}
        from features.{_FIRST}
        {joins}
        where {_FIRST}.as_of_date = ? and {wanted}
        order by {_FIRST}.customer_id
        """,
        [date],
    )


def _as_numbers_and_texts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return features by customer_id, numbers as floats and texts as they are."""
    features = rows.set_index("customer_id")
    numbers = [name for name in features if pd.api.types.is_numeric_dtype(features[name].dtype)]
    return features.astype(dict.fromkeys(numbers, "float64"))
