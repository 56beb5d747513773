"""Holding the customers of a night against a table of who is who.

Belongs here: reading such a table and putting its records beside the customers. Does not belong here: the figures
(measures.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts.sql_quoting import path
from orchestration.errors import TesseraError
from orchestration.identity.left_by_night import customers_of_records
from orchestration.identity.measures import ClusteringFigures, compare_clusterings

RECORD, PERSON = "record_id", "person_id"


@dataclass(frozen=True)
class Comparison:
    """The figures, and how many records of the table the night does not know."""

    figures: ClusteringFigures
    unknown: int


def compare_with_truth(warehouse: duckdb.DuckDBPyConnection, file: Path) -> Comparison:
    """Compare the customers with the persons of a CSV or Parquet file.

    A record that is named by its reference counts once, however many profiles it has had.

    Args:
        warehouse: The warehouse.
        file: A table with record_id (a reference or a profile) and person_id.

    Raises:
        TesseraError: The file cannot be read, contradicts itself, or names no record of the warehouse.
    """
    truth = _read(file)
    customers_of = customers_of_records(warehouse, truth)
    of_records = [
        (customer_id, truth[record])
        for record, customers in sorted(customers_of.items())
        for customer_id in sorted(customers)
    ]
    if not of_records:
        raise TesseraError(
            f"{file} names no record of the warehouse",
            expected=f"{RECORD}: references such as hubspot:123, or profiles such as p_0123456789",
            found=", ".join(list(truth)[:3]) or "no rows",
            fix="write the references as the warehouse has them: the source's name, a colon, the source's own key",
        )
    found, persons = zip(*of_records, strict=True)
    return Comparison(compare_clusterings(found, persons), len(truth) - len(customers_of))


def _read(file: Path) -> dict[str, str]:
    reader = (
        f"read_parquet({path(file)})"
        if file.suffix.lower() == ".parquet"
        else f"read_csv({path(file)}, all_varchar = true)"
    )
    try:
        with duckdb.connect() as connection:
            found = connection.execute(
                f"select distinct cast({RECORD} as varchar), cast({PERSON} as varchar) from {reader} "
                f"where {RECORD} is not null and {PERSON} is not null order by all"
            ).fetchall()
    except duckdb.Error as error:
        raise TesseraError(
            f"{file} cannot be read as a table of who is who",
            expected=f"a CSV or Parquet file with the columns {RECORD} and {PERSON}",
            found=str(error).splitlines()[0],
            fix="correct the file",
        ) from error
    truth = dict(found)
    if len(truth) < len(found):
        twice = next(record for record, person in found if truth[record] != person)
        raise TesseraError(
            f"{file} contradicts itself",
            expected="one person for every record",
            found=f"{RECORD} {twice} with more than one {PERSON}",
            fix="correct the file",
        )
    return truth
