"""Holding a table against its contract in bounded memory.

Belongs here: fetching a table in pieces for Great Expectations, and one answer out of the pieces. Does not belong
here: what a contract asks (``data_contracts.expectation_suite``), telling anybody.

Great Expectations looks at values in a pandas frame: a million order lines take a gigabyte. A larger table is given to
it piece by piece. What is asked of one value (is it there, in its range, in its list, of its form) a piece sees in
full, and the counts add up. What is asked of the table (how many rows it has, whether a key occurs once) no piece can
see: that is asked of the database, over the whole table, with the same meaning.
"""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import TYPE_CHECKING

from data_contracts import sql_quoting as sql
from data_contracts.expectation_suite import SuiteResult, expectation_columns, validate_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    import pandas as pd

    from data_contracts.contract import Contract
    from data_contracts.expectation_suite import ExpectationOutcome

# 500 thousand order lines of 20 columns: less than a gigabyte with everything around them.
CELLS_AT_ONCE = 10_000_000
_ROWS_OF_A_VECTOR = 2048


def validate_table(connection: duckdb.DuckDBPyConnection, contract: Contract, source: str) -> SuiteResult:
    """Hold a table against a contract.

    Args:
        connection: Where ``source`` can be read.
        contract: Inbound or outbound.
        source: SQL of a relation with the contract's columns.
    """
    columns = expectation_columns(contract)
    query = f"select {', '.join(sql.identifier(name) for name in columns)} from {source}"
    rows = _number(connection, f"select count(*) from {source}")
    vectors = max(CELLS_AT_ONCE // (len(columns) * _ROWS_OF_A_VECTOR), 1) if columns else 0
    if rows <= vectors * _ROWS_OF_A_VECTOR:
        return validate_frame(connection.execute(query).fetchdf(), contract)
    repeated = [_number(connection, _rows_of_repeated_keys(key, source)) for key in contract.keys]
    pieces = [validate_frame(piece, contract) for piece in _pieces(connection, query, vectors)]
    return _put_together(contract, pieces, repeated)


def _pieces(connection: duckdb.DuckDBPyConnection, query: str, vectors: int) -> Iterator[pd.DataFrame]:
    connection.execute(query)
    # The collector need not look through all that was there before, which takes longer than a small piece.
    gc.freeze()
    try:
        while len(piece := connection.fetch_df_chunk(vectors)):
            yield piece
            # What a validation leaves refers to itself, with the frame; 200 MB each wait for the collector otherwise.
            gc.collect()
    finally:
        gc.unfreeze()


def _put_together(contract: Contract, pieces: list[SuiteResult], repeated: list[int]) -> SuiteResult:
    rows = sum(piece.rows for piece in pieces)
    outcomes = [_added([piece.outcomes[place] for piece in pieces], rows) for place in range(len(pieces[0].outcomes))]
    # The questions about the whole table come first: the number of rows, if it is asked for, then the keys.
    before_keys = 1 if contract.minimum_rows else 0
    if before_keys:
        outcomes[0] = replace(
            outcomes[0], success=rows >= contract.minimum_rows, unexpected_count=0, unexpected_share=0.0
        )
    for place, count in enumerate(repeated, start=before_keys):
        outcomes[place] = replace(
            outcomes[place], success=not count, unexpected_count=count, unexpected_share=count / rows
        )
    success = all(outcome.success for outcome in outcomes if outcome.severity == "error")
    return SuiteResult(contract.name, rows, success, tuple(outcomes))


def _added(outcomes: list[ExpectationOutcome], rows: int) -> ExpectationOutcome:
    """The answer to a question about single values over all pieces."""
    count = sum(outcome.unexpected_count for outcome in outcomes)
    return replace(
        outcomes[0],
        success=all(outcome.success for outcome in outcomes),
        unexpected_count=count,
        unexpected_share=count / rows,
    )


def _rows_of_repeated_keys(key: tuple[str, ...], source: str) -> str:
    """How many rows have a key that others have too; an empty key of one column is none, as for Great Expectations."""
    names = ", ".join(sql.identifier(name) for name in key)
    filled = f"{names} is not null" if len(key) == 1 else "true"
    # Few keys share a hash, and hashes take a third of the memory.
    return f"""
        with shared as (
            select hash({names}) as key_hash from {source} where {filled} group by key_hash having count(*) > 1
        ), repeated as (
            select count(*) as row_count from {source}
            where {filled} and hash({names}) in (select key_hash from shared)
            group by {names} having count(*) > 1
        )
        select coalesce(sum(row_count), 0) from repeated
    """


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])
