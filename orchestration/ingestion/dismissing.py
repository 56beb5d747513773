"""Closing rejected records that will never be repaired.

Belongs here: which records may be closed. Does not belong here: the file of such decisions (dismissals.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from orchestration.errors import TesseraError
from orchestration.ingestion.dismissals import Dismissals
from orchestration.ingestion.quarantine import Quarantine
from orchestration.ingestion.rejections import OPEN, Rejections


def dismiss(
    con: duckdb.DuckDBPyConnection,
    rejections: Rejections,
    quarantine: Quarantine,
    *,
    batch_id: str,
    records: Sequence[int] | None,
    why: str,
    who: str,
    when: datetime,
) -> list[int]:
    """Close open records that will never be repaired; they stay in quarantine.

    Args:
        con: The connection that has the rejections.
        rejections: The table's rejected records.
        quarantine: Where the decision is kept.
        batch_id: The batch they were kept out of.
        records: Their numbers; None for every open one of the batch.
        why: The reason, in a person's words.
        who: Name of the account that decides.
        when: The time, with a zone.

    Returns:
        The numbers of the closed records.

    Raises:
        TesseraError: There is no reason, or a record is not open.
    """
    if not why.strip():
        raise TesseraError(
            "there is no reason", expected="why the records will never be repaired", found="nothing", fix="write --why"
        )
    found = con.execute(
        f"select record_number, state from {rejections.relation} where batch_id = ? order by 1", [batch_id]
    ).fetchall()
    states = dict(found)
    wanted = sorted(set(records)) if records is not None else [number for number in states if states[number] == OPEN]
    closed = [number for number in wanted if states.get(number) != OPEN]
    if closed or not wanted:
        told = "; ".join(f"record {number}: {states.get(number, 'was not rejected')}" for number in closed[:10])
        raise TesseraError(
            f"{rejections.table}, batch {batch_id[:8]}: not every one of these records is open",
            expected="open records of this batch",
            found=told or "no open record",
            fix=f"see which are open with: tessera quarantine show {rejections.table} --batch {batch_id[:8]}",
        )
    Dismissals(quarantine.root / rejections.table).add(batch_id, wanted, why=why.strip(), who=who, when=when)
    return wanted
