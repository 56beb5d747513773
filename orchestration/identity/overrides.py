"""What people have decided: records that are one person, and records that are not.

Belongs here: the file of decisions, reading and adding to it. Does not belong here: what follows from them
(clusters.py), which pairs are worth a decision (review.py).
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa

from orchestration.errors import TesseraError

Decision = Literal["must_link", "cannot_link"]
# By how they are written.
DECISIONS: dict[str, Decision] = {"must_link": "must_link", "cannot_link": "cannot_link"}


@dataclass(frozen=True, kw_only=True)
class Override:
    """One decision. Records are named by their reference (hubspot:123) or by their profile (p_...)."""

    decision: Decision
    left_record: str
    right_record: str
    reason: str
    decided_by: str
    decided_on: str


COLUMNS = tuple(field.name for field in fields(Override))


def read_overrides(file: Path) -> list[Override]:
    """Read the decisions; none where there is no file.

    Raises:
        TesseraError: A line is not a decision, or contradicts another one; names the line.
    """
    if not file.is_file():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise _fault(file, 1, expected=", ".join(COLUMNS), found=", ".join(reader.fieldnames or ("nothing",)))
        found: list[Override] = []
        decided: dict[frozenset[str], tuple[str, int]] = {}
        line: dict[str, Any]
        for line in reader:
            number = reader.line_num
            if None in line or None in line.values() or not (line["left_record"] and line["right_record"]):
                raise _fault(file, number, expected=f"{len(COLUMNS)} values, both records among them", found=str(line))
            decision = DECISIONS.get(line["decision"])
            if decision is None:
                raise _fault(file, number, expected="must_link or cannot_link", found=line["decision"])
            pair = frozenset((line["left_record"], line["right_record"]))
            if len(pair) == 1:
                raise _fault(file, number, expected="two records", found=f"{line['left_record']} twice")
            before, where = decided.setdefault(pair, (line["decision"], number))
            if before != line["decision"]:
                raise _fault(file, number, expected=f"{before}, as line {where} says", found=line["decision"])
            found.append(Override(**{**line, "decision": decision}))
    return found


def add_override(file: Path, override: Override) -> None:
    """Add a decision to the file, making it where there is none.

    Raises:
        TesseraError: The file contradicts it.
    """
    pair = {override.left_record, override.right_record}
    for number, other in enumerate(read_overrides(file), 2):
        if {other.left_record, other.right_record} == pair:
            if other.decision == override.decision:
                return
            raise _fault(
                file, number, expected=override.decision, found=f"{other.decision}, decided {other.decided_on}"
            )
    is_new = not file.is_file()
    # Editors may leave the last line without an end.
    is_open = not is_new and not file.read_bytes().endswith((b"\n", b"\r"))
    with file.open("a", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        if is_open:
            lines.write("\n")
        if is_new:
            writer.writerow(COLUMNS)
        writer.writerow(astuple(override))


def today(time_zone: dt.tzinfo) -> str:
    """The date to write beside a decision."""
    return dt.datetime.now(tz=time_zone).date().isoformat()


def apply_overrides(connection: duckdb.DuckDBPyConnection, overrides: Sequence[Override]) -> int:
    """Make the tables ``joined`` and ``separated`` (l, r) of the profiles that decisions are about.

    Returns:
        How many decisions name a record that is not there (any more); they wait for it.
    """
    decisions = pa.table(
        {
            "decision": pa.array([override.decision for override in overrides], pa.string()),
            "left_record": pa.array([override.left_record for override in overrides], pa.string()),
            "right_record": pa.array([override.right_record for override in overrides], pa.string()),
        }
    )
    connection.register("decisions", decisions)
    connection.execute(
        """
        create or replace table decided as
        with named as (
            select customer_ref as record, n from profiles where customer_ref is not null
            union all
            select profile_id as record, n from profiles
        )
        select distinct
            decisions.decision,
            decisions.left_record,
            decisions.right_record,
            least(l.n, r.n) as l,
            greatest(l.n, r.n) as r
        from decisions
        inner join named as l on decisions.left_record = l.record
        inner join named as r on decisions.right_record = r.record
        where l.n <> r.n
        """
    )
    for table, decision in (("joined", "must_link"), ("separated", "cannot_link")):
        connection.execute(
            f"create or replace table {table} as select distinct l, r from decided where decision = '{decision}'"
        )
    ((waiting,),) = connection.execute(
        "select count(*) from decisions anti join decided using (left_record, right_record)"
    ).fetchall()
    connection.unregister("decisions")
    return int(waiting)


def _fault(file: Path, line: int, *, expected: str, found: str) -> TesseraError:
    return TesseraError(
        f"{file} line {line} is not a decision about two records",
        expected=expected,
        found=found,
        fix="correct the line, or remove it",
    )
