"""One factory from contracts to Great Expectations suites.

Belongs here: which expectations a contract means, running them on a frame in memory, and a result without any
data value in it. Does not belong here: fetching frames, deciding what a failure stops, quarantine of single
rows (quarantine_sql.py asks the same questions row by row).

Great Expectations is imported inside the functions: the import alone costs five or more CPU seconds.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from data_contracts.contract import Column, Contract

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["error", "warning"]
_TIME_FAMILIES = ("date", "timestamp", "timestamptz")


@dataclass(frozen=True)
class ExpectationOutcome:
    """The answer to one question about a table; counts are rows, shares are of the rows looked at (0-1)."""

    question: str
    column: str | None
    success: bool
    unexpected_count: int
    unexpected_share: float
    severity: Severity


@dataclass(frozen=True)
class SuiteResult:
    """All answers for one table; ``success`` is False when a question of severity error failed."""

    contract: str
    rows: int
    success: bool
    outcomes: tuple[ExpectationOutcome, ...]

    @property
    def failures(self) -> tuple[ExpectationOutcome, ...]:
        """The questions answered with no, warnings included."""
        return tuple(outcome for outcome in self.outcomes if not outcome.success)


@dataclass(frozen=True)
class _Question:
    """An expectation by its Great Expectations class name and arguments, and how a person would ask it."""

    kind: str
    arguments: dict[str, Any]
    text: str
    column: str | None
    severity: Severity


def expectation_columns(contract: Contract) -> tuple[str, ...]:
    """The columns ``validate_frame`` looks at; the others carry no rule and need not be fetched."""
    keyed = {name for key in contract.keys for name in key}
    return tuple(c.name for c in contract.columns if c.name in keyed or list(_column_questions(c)))


def build_suite(contract: Contract) -> Any:
    """The Great Expectations suite of a contract, in memory."""
    gx = _great_expectations()
    made = [getattr(gx.expectations, q.kind)(**q.arguments) for q in _questions(contract)]
    return gx.ExpectationSuite(name=contract.name, expectations=made)


def validate_frame(frame: pd.DataFrame, contract: Contract) -> SuiteResult:
    """Hold a frame against a contract.

    Args:
        frame: The table as DuckDB's ``df()`` gives it, with at least ``expectation_columns(contract)``.
        contract: Inbound or outbound.

    Returns:
        One outcome per question, in the contract's order. A column that is not in the frame answers all its
        questions with no. No values of the frame are in the result.
    """
    gx = _great_expectations()
    questions = list(_questions(contract))
    present = [q for q in questions if _columns_of(q) <= set(frame.columns)]
    with _quietly(), _configured_once(gx.expectations.Expectation):
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        asset = context.data_sources.add_pandas("frames").add_dataframe_asset(contract.name)
        batch = asset.add_batch_definition_whole_dataframe("whole").get_batch(
            {"dataframe": _comparable(frame, contract)}
        )
        suite = gx.ExpectationSuite(
            name=contract.name,
            expectations=[
                getattr(gx.expectations, q.kind)(**q.arguments, meta={"question": number})
                for number, q in enumerate(present)
            ],
        )
        outcome = batch.validate(suite, result_format={"result_format": "BASIC", "partial_unexpected_count": 0})
    answers = {result.expectation_config.meta["question"]: result for result in outcome.results}
    numbers = {id(question): number for number, question in enumerate(present)}
    outcomes = tuple(_outcome(q, answers[numbers[id(q)]] if id(q) in numbers else None, len(frame)) for q in questions)
    success = all(item.success for item in outcomes if item.severity == "error")
    return SuiteResult(contract.name, len(frame), success, outcomes)


@lru_cache(maxsize=1)
def _great_expectations() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _quietly():
        import great_expectations as gx
    return gx


@contextmanager
def _quietly() -> Iterator[None]:
    """Hold back what the library logs and warns about its own inner workings."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


@contextmanager
def _configured_once(expectation: Any) -> Iterator[None]:
    """Have every expectation put together its configuration once.

    Great Expectations asks each for it a hundred times, which is 40 % of the time it takes for a small table; what it
    is asked for does not change while a frame is looked at.
    """
    configuration = expectation.configuration
    # With the expectation itself, lest another gets its place in memory and so its id.
    known: dict[int, tuple[Any, Any]] = {}

    def remembered(asked: Any) -> Any:
        if id(asked) not in known:
            known[id(asked)] = (asked, configuration.fget(asked))
        return known[id(asked)][1]

    expectation.configuration = property(remembered)
    try:
        yield
    finally:
        expectation.configuration = configuration


def _questions(contract: Contract) -> Iterator[_Question]:
    if contract.minimum_rows:
        yield _Question(
            "ExpectTableRowCountToBeBetween",
            {"min_value": contract.minimum_rows},
            f"Are there at least {contract.minimum_rows} rows?",
            None,
            "error",
        )
    for key in contract.keys:
        yield _key_question(key)
    for column in contract.columns:
        yield from _column_questions(column)


def _key_question(key: tuple[str, ...]) -> _Question:
    if len(key) == 1:
        arguments: dict[str, Any] = {"column": key[0]}
        return _Question("ExpectColumnValuesToBeUnique", arguments, f"Does every {key[0]} occur once?", key[0], "error")
    return _Question(
        "ExpectCompoundColumnsToBeUnique",
        {"column_list": list(key), "ignore_row_if": "never"},
        f"Does every combination of {', '.join(key)} occur once?",
        ", ".join(key),
        "error",
    )


def _column_questions(column: Column) -> Iterator[_Question]:
    def ask(kind: str, text: str, **arguments: Any) -> _Question:
        return _Question(kind, {"column": column.name, **arguments}, text, column.name, column.severity)

    name = column.name
    if column.required:
        yield ask("ExpectColumnValuesToNotBeNull", f"Is every {name} present?")
    lowest, highest = _limit(column, "minimum"), _limit(column, "maximum")
    if lowest is not None or highest is not None:
        yield ask(
            "ExpectColumnValuesToBeBetween",
            f"Is every {name} {_range_text(column)}?",
            min_value=lowest,
            max_value=highest,
            strict_min=column.exclusive_minimum is not None,
            strict_max=column.exclusive_maximum is not None,
        )
    if column.valid_values:
        text = f"Is every {name} one of {', '.join(column.valid_values)}?"
        yield ask("ExpectColumnValuesToBeInSet", text, value_set=list(column.valid_values))
    if column.pattern:
        yield ask(
            "ExpectColumnValuesToMatchRegex",
            f"Does every {name} have the form {column.pattern}?",
            regex=column.pattern,
        )
    if column.min_length is not None or column.max_length is not None:
        bounds = ((column.min_length, "at least"), (column.max_length, "at most"))
        text = " and ".join(f"{word} {length}" for length, word in bounds if length is not None)
        yield ask(
            "ExpectColumnValueLengthsToBeBetween",
            f"Is every {name} {text} characters long?",
            min_value=column.min_length,
            max_value=column.max_length,
        )


def _limit(column: Column, side: Literal["minimum", "maximum"]) -> Any:
    inclusive, exclusive = getattr(column, side), getattr(column, f"exclusive_{side}")
    limit = exclusive if exclusive is not None else inclusive
    if not isinstance(limit, str):
        return limit
    import pandas as pd

    moment = pd.Timestamp(limit)
    return (moment.tz_convert("UTC") if moment.tzinfo else moment.tz_localize("UTC")).to_pydatetime()


def _range_text(column: Column) -> str:
    parts = [
        (column.minimum, "at least"),
        (column.exclusive_minimum, "above"),
        (column.maximum, "at most"),
        (column.exclusive_maximum, "below"),
    ]
    return " and ".join(f"{word} {limit}" for limit, word in parts if limit is not None)


def _columns_of(question: _Question) -> set[str]:
    if "column_list" in question.arguments:
        return set(question.arguments["column_list"])
    return {question.arguments["column"]} if "column" in question.arguments else set()


def _comparable(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """The columns with rules, in the types that Great Expectations compares as whole arrays.

    Its range check walks value by value (in 3 s per million rows) unless a column is int64, float64 or a time
    with a zone.
    """
    import pandas as pd

    columns: dict[str, pd.Series] = {}
    for name in expectation_columns(contract):
        if name not in frame.columns:
            continue
        series, family = frame[name], contract.column(name).type.family
        if family in _TIME_FAMILIES:
            series = pd.to_datetime(series, utc=True)
        elif family in ("integer", "decimal", "float"):
            is_whole = series.dtype.kind in "iu" and not series.hasnans
            series = series.astype("int64" if is_whole else "float64")
        elif series.dtype == object and family == "text":
            series = series.astype("str")
        columns[name] = series
    return pd.DataFrame(columns, index=frame.index)


def _outcome(question: _Question, answer: Any, rows: int) -> ExpectationOutcome:
    if answer is None:
        return ExpectationOutcome(question.text, question.column, False, rows, 1.0, question.severity)
    success = bool(answer.success)
    raised = bool(answer.exception_info.get("raised_exception"))
    count = 0 if success else int(answer.result.get("unexpected_count") or 0)
    if raised:
        count = rows
    share = count / rows if rows else 0.0
    return ExpectationOutcome(question.text, question.column, success, count, share, question.severity)
