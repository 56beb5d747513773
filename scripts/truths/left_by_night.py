"""A home after its night beside what is true of its customers, opened only to be read.

Belongs here: opening both, and telling which person a customer is. Does not belong here: what is made of them
(recomputed.py, held_against_truth.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import pandas as pd

from data_contracts.sql_quoting import path
from orchestration.errors import TesseraError
from orchestration.identity.left_by_night import customers_of_records
from orchestration.samples.company.world import TIME_ZONE

_MARTS = ("customers", "segment_memberships")


@dataclass(frozen=True)
class KnownNight:
    """A night whose truth is known.

    Attributes:
        connection: The warehouse, with the published marts as views beside it.
        truth_folder: The truth's Parquet files.
    """

    connection: duckdb.DuckDBPyConnection
    truth_folder: Path

    def ask(self, query: str) -> pd.DataFrame:
        """The rows of a query on the warehouse and the marts."""
        return self.connection.execute(query).fetchdf()

    def truth(self, name: str) -> pd.DataFrame:
        """One of the truth's tables."""
        return pd.read_parquet(self.truth_folder / f"{name}.parquet")

    def segments(self, scheme: str) -> pd.Series:
        """Tonight's segment of every customer in a scheme."""
        found = self.ask(
            f"select customer_id, segment_code from segment_memberships where scheme = '{scheme}' and is_current"
        )
        return found.set_index("customer_id")["segment_code"].sort_index()

    @cached_property
    def persons(self) -> pd.Series:
        """The person each customer is: the one that most of its records are of, of several the first by id."""
        references = self.truth("references")
        customers = customers_of_records(self.connection, references["record_id"].unique())
        known = references.assign(customer_id=references["record_id"].map(customers)).explode("customer_id")
        records = known.dropna(subset="customer_id").groupby(["customer_id", "person_id"]).size().rename("records")
        sorted_records = records.reset_index().sort_values(
            ["customer_id", "records", "person_id"], ascending=[True, False, True]
        )
        return sorted_records.drop_duplicates("customer_id").set_index("customer_id")["person_id"]

    def of_customers(self, truth: pd.DataFrame) -> pd.DataFrame:
        """A truth with one row per person, by the customers whom the person is."""
        by_person = truth.set_index("person_id")
        known = self.persons[self.persons.isin(by_person.index)]
        return by_person.loc[known].set_axis(known.index)


@contextmanager
def open_known_night(home: Path, truth: Path) -> Iterator[KnownNight]:
    """Open what the last published night left in a home, and the truth about it.

    Args:
        home: The home, as ``tessera run --home`` names it.
        truth: The folder of the truth's Parquet files.

    Raises:
        TesseraError: There is no night, or no truth.
    """
    published = home / "published" / "current"
    for expected in (home / "warehouse.duckdb", published / "customers.parquet", truth / "references.parquet"):
        if not expected.is_file():
            raise TesseraError(
                f"{home} and {truth} are no night and its truth",
                expected=str(expected),
                found="no such file",
                fix="name the home of a night on the sample company, and its folder of samples-truth",
            )
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as connection:
        # The identity layer's views date its records, in the company's time zone.
        connection.execute("set TimeZone = ?", [TIME_ZONE])
        for mart in _MARTS:
            file = published.resolve() / f"{mart}.parquet"
            connection.execute(f"create temp view {mart} as select * from read_parquet({path(file)})")
        yield KnownNight(connection, truth)
