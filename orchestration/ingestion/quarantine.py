"""The quarantine: rejected rows with their reasons, kept for those who mend them.

Belongs here: writing, counting and listing rejected rows. Does not belong here: deciding what is rejected
(data_contracts). The original values are kept here and nowhere else: summaries that leave this folder carry
counts, unless examples are asked for.

    quarantine/<source>__<table>/<batch_id>.parquet
        file, record_number, line, reasons struct("column", reason, "value")[], raw (JSON text)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts import sql_quoting as sql
from orchestration.ingestion.durable_files import flush_to_disk, replace_file


@dataclass(frozen=True)
class ReasonCount:
    """How many rejected rows carry a reason in a column.

    ``column`` is None for faults of a whole record. ``examples`` are empty unless asked for.
    """

    reason: str
    column: str | None
    rows: int
    examples: tuple[str, ...] = ()


class Quarantine:
    """A folder of rejected rows.

    Args:
        root: The quarantine's folder; created when the first row is rejected.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root).resolve()

    def path(self, table: str, batch_id: str) -> Path:
        """Where the rejected rows of a batch are kept."""
        return self.root / table / f"{batch_id}.parquet"

    def write(self, con: duckdb.DuckDBPyConnection, rejected: str, *, table: str, batch_id: str) -> int:
        """Write the rejected rows of a batch in one durable step.

        Args:
            con: The connection that can read ``rejected``.
            rejected: A select of file, record_number, line, reasons and raw.
            table: The contract's name.
            batch_id: The batch they were kept out of.

        Returns:
            The number of rows, counted again in the written file.
        """
        final = self.path(table, batch_id)
        if not final.parent.is_dir():
            final.parent.mkdir(parents=True)
            flush_to_disk(self.root)
        temporary = final.with_name(f".{final.name}.tmp")
        con.execute(
            f"copy (select * from ({rejected}) as rejected order by record_number) "
            f"to {sql.path(temporary)} (format parquet, compression zstd)"
        )
        replace_file(temporary, final)
        counted = con.execute(f"select count(*) from read_parquet({sql.path(final)})").fetchone()
        return int(counted[0]) if counted else 0

    def record_numbers(self, con: duckdb.DuckDBPyConnection, table: str, batch_id: str) -> list[int]:
        """The numbers of a batch's rejected records, rising."""
        file = sql.path(self.path(table, batch_id))
        rows = con.execute(f"select record_number from read_parquet({file}) order by record_number").fetchall()
        return [number for (number,) in rows]

    def files(self, table: str) -> list[Path]:
        """The quarantine files of a table, by name."""
        return sorted((self.root / table).glob("[!.]*.parquet"))

    def summarise(
        self, con: duckdb.DuckDBPyConnection, table: str, *, batch_id: str | None = None, examples: int = 0
    ) -> list[ReasonCount]:
        """Count the reasons of a table's rejected rows, most frequent first.

        Args:
            con: Any connection.
            table: The contract's name.
            batch_id: One batch only; by default all of them.
            examples: How many original values to show per reason; they may be personal data.
        """
        chosen = self.files(table)
        if batch_id is not None:
            chosen = [path for path in chosen if path == self.path(table, batch_id)]
        if not chosen:
            return []
        files = sql.text_list(str(path) for path in chosen)
        rows = con.execute(f"""
            with faults as (
                select unnest(reasons) as fault from read_parquet({files})
            ), flat as (
                select fault.reason as reason, fault."column" as column_name, fault."value" as example from
                faults
            )
            select reason, column_name, count(*) as row_count,
                coalesce(
                    list_sort(list_slice(
                        list(distinct example) filter (where example is not null), 1, {examples:d}
                    )), []
                ) as examples
            from flat
            group by reason, column_name
            order by row_count desc, reason, column_name
        """).fetchall()
        return [ReasonCount(reason, column, count, tuple(shown)) for reason, column, count, shown in rows]
