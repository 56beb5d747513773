"""Repairs of records that stand and fall together, such as the lines of an order.

Belongs here: what belongs to a group, and the refusal of repairs that would load a part of one. Does not belong here:
rejecting whole groups at the door (batch_builder.py).

Staging takes all rows of a group from the newest batch that has any. A part of a group, loaded later, would therefore
put the rest of it out of sight. What a malformed record belongs to cannot be read: it may be a part of the groups just
before and after it, so these wait for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from orchestration.errors import TesseraError
from orchestration.ingestion.json_paths import duckdb_path
from orchestration.ingestion.lake import Batch
from orchestration.ingestion.rejections import OPEN, Rejections
from orchestration.ingestion.repair_files import MendedRecord
from orchestration.ingestion.same_delivery import SameDelivery

_SHOWN = 10


def group_sql(contract: Contract, raw: str = "raw") -> str:
    """SQL of the group a record belongs to, from its JSON text; null when that cannot be told."""
    parts = []
    for name in contract.rules.reject_together:
        written = contract.column(name).source_name
        # The name of a CSV column may hold a dot; that of a JSON field is a path.
        paths = dict.fromkeys((f'$."{written}"', duckdb_path(written)))
        found = ", ".join(f"json_extract_string({raw}, {sql.text(path)})" for path in paths)
        parts.append(f"nullif(coalesce({found}), '')")
    known = " and ".join(f"{part} is not null" for part in parts)
    return f"case when {known} then cast(to_json([{', '.join(parts)}]) as varchar) end"


def with_groups(contract: Contract, rejections: Rejections, chosen: str) -> str:
    """A select of the open records of a choice, with everything that can only be loaded along with them.

    Args:
        contract: The table.
        rejections: Its rejected records.
        chosen: SQL that is true for a chosen record of the relation ``rejected``.
    """
    return f"""
        with rejected as (
            select *, {group_sql(contract)} as group_value, json_type(raw) = 'VARCHAR' as is_malformed
            from {rejections.relation} where state = {sql.text(OPEN)}
        ), chosen as (
            select * from rejected where {chosen}
        ), seeds as (
            select batch_id, group_value from chosen
            union
            select rejected.batch_id, rejected.group_value from rejected
            inner join chosen on rejected.batch_id = chosen.batch_id and chosen.is_malformed
                and abs(rejected.record_number - chosen.record_number) = 1
        ), members as (
            select batch_id, record_number from chosen
            union
            select rejected.batch_id, rejected.record_number from rejected
            inner join seeds on rejected.batch_id = seeds.batch_id and rejected.group_value = seeds.group_value
        ), near as (
            select rejected.batch_id, rejected.record_number from rejected
            inner join members on rejected.batch_id = members.batch_id and rejected.is_malformed
                and abs(rejected.record_number - members.record_number) = 1
        )
        select * from rejected where (batch_id, record_number) in (
            select (batch_id, record_number) from members union all select (batch_id, record_number) from near
        )
    """


def check_groups_whole(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    rejections: Rejections,
    records: Mapping[str, Sequence[MendedRecord]],
    deliveries: Sequence[SameDelivery],
) -> None:
    """Refuse repairs that would load a part of a group.

    Args:
        con: The connection that has the rejections.
        contract: The table.
        rejections: Its rejected records.
        records: The mended records, by the live batch they were kept out of.
        deliveries: What the lake has of those batches, in the same order.

    Raises:
        TesseraError: Names the records that are missing, or the groups that are in the lake in part.
    """
    if not contract.rules.reject_together:
        return
    rows = [(batch_id, item.number, item.raw) for batch_id, items in records.items() for item in items]
    columns = dict(zip(("batch_id", "record_number", "raw"), map(list, zip(*rows, strict=True)), strict=True))
    con.execute("drop view if exists mended_records")
    con.register("mended_texts", pa.table(columns))
    group = group_sql(contract)
    con.execute(f"create temp view mended_records as select *, {group} as group_value from mended_texts")
    named = ", ".join(contract.rules.reject_together)
    _check_one_delivery(con, named, rejections.deliveries)
    _check_nothing_missing(con, contract, named, rejections)
    for batch_id, delivery in zip(records, deliveries, strict=True):
        _check_nothing_loaded(con, contract, named, rejections.deliveries[batch_id], delivery)


def _check_one_delivery(con: duckdb.DuckDBPyConnection, named: str, deliveries: Mapping[str, Batch]) -> None:
    rows = con.execute(
        "select group_value, list(distinct batch_id) as batches from mended_records where group_value is not null "
        "group by group_value having count(distinct batch_id) > 1 order by group_value"
    ).fetchall()
    if rows:
        files = sorted({f"{deliveries[name].file} (batch {name[:8]})" for _, names in rows for name in names})
        raise TesseraError(
            f"records of one {named} come from several deliveries",
            expected=f"every {named} from one delivery, since the later one replaces the earlier",
            found=f"{_shortened([group for group, _ in rows])}, from {', '.join(files)}",
            fix="leave only those of the newest delivery in the file, and dismiss the others",
        )


def _check_nothing_missing(
    con: duckdb.DuckDBPyConnection, contract: Contract, named: str, rejections: Rejections
) -> None:
    rows = con.execute(
        f"""
        with rejected as (
            select batch_id, file, record_number, line, state, {group_sql(contract)} as group_value,
                json_type(raw) = 'VARCHAR' as is_malformed
            from {rejections.relation}
        ), touched as (
            select batch_id, group_value from mended_records
            union
            select rejected.batch_id, rejected.group_value from rejected
            inner join mended_records using (batch_id, record_number)
        ), members as (
            select rejected.batch_id, rejected.record_number, rejected.group_value from rejected
            inner join touched on rejected.batch_id = touched.batch_id and rejected.group_value = touched.group_value
            union
            select batch_id, record_number, group_value from mended_records
        ), wanted as (
            select batch_id, record_number, group_value from members
            union
            select rejected.batch_id, rejected.record_number, members.group_value from rejected
            inner join members on rejected.batch_id = members.batch_id and rejected.is_malformed
                and abs(rejected.record_number - members.record_number) = 1
        )
        select rejected.file, rejected.record_number, rejected.line, min(wanted.group_value) from rejected
        inner join wanted using (batch_id, record_number)
        where rejected.state = {sql.text(OPEN)}
            and (batch_id, record_number) not in (select (batch_id, record_number) from mended_records)
        group by all
        order by 1, 2
        """
    ).fetchall()
    if rows:
        told = [
            f"record {number} (line {line}) of {file}, {named} {_told(group)}" for file, number, line, group in rows
        ]
        raise TesseraError(
            f"records that go together by {named} are not all in the repair file",
            expected=f"all open records with the same {named}, and malformed ones beside them, which may belong to it",
            found="missing: " + "; ".join(told[:_SHOWN]) + (f"; and {len(told) - _SHOWN} more" * (len(told) > _SHOWN)),
            fix="add them (unchanged where nothing is wrong with them), or dismiss those that will never be repaired",
        )


def _check_nothing_loaded(
    con: duckdb.DuckDBPyConnection, contract: Contract, named: str, batch: Batch, delivery: SameDelivery
) -> None:
    typed = [
        f"try_cast(json_extract_string(group_value, '$[{place}]') as {contract.column(name).physical_type}) = "
        f"loaded.{sql.identifier(name)}"
        for place, name in enumerate(contract.rules.reject_together)
    ]
    rows = con.execute(
        f"""
        select distinct group_value from mended_records
        inner join ({delivery.loaded}) as loaded on {" and ".join(typed)}
        where mended_records.batch_id = {sql.text(batch.batch_id)} and group_value is not null
        order by group_value
        """
    ).fetchall()
    if rows:
        raise TesseraError(
            f"a part of {named} {_shortened([group for (group,) in rows])} is in the lake already",
            expected=f"repairs of whole groups: the newest batch that has a {named} replaces all of its rows",
            found=f"rows of {batch.file} that were loaded, and are not in the repair file",
            fix="repair the group as a whole (records repaired before are in the earlier repair file), "
            "or mend the source and deliver the file again",
        )


def _shortened(groups: Sequence[str]) -> str:
    more = f" and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
    return ", ".join(_told(group) for group in groups[:_SHOWN]) + more


def _told(group: str) -> str:
    return " ".join(json.loads(group))
