"""Trying a draft: the file is loaded with the drafted contract, and the drafted model run on what came of it.

Belongs here: the load into a lake that is thrown away, and what its result means for the draft. Does not belong here:
the loader (``ingestion``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from orchestration.ingestion.file_errors import RejectedShareError
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.lake import Lake
from orchestration.ingestion.loader import load_file
from orchestration.ingestion.quarantine import Quarantine, ReasonCount
from orchestration.onboarding.compiled import compiled_sql
from orchestration.onboarding.errors import OnboardingError

_ADVICE = {
    "missing_value": "is it really required? Else remove required: true from {column}",
    "duplicate_key": "the key is not unique: see which lines repeat, or choose another key",
    "not_an_integer": "look at the values; make {column} a decimal(18,4) or a varchar if they are right",
    "not_a_number": "look at the values; make {column} a varchar if they are right, and convert it in staging",
    "too_many_decimals": "widen {column}, for example to decimal(18,6)",
    "not_a_date": "look at the format of {column}, or make it a varchar and convert it in staging",
    "not_a_timestamp": "look at the format of {column}, or make it a varchar and convert it in staging",
    "not_a_boolean": "make {column} a varchar and convert it in staging",
    "scientific_notation_id": "a spreadsheet has spoilt these numbers: have them exported as text",
    "scientific_notation": "a spreadsheet has spoilt these numbers: have them exported in full",
    "nonexistent_local_time": "these times never were in the zone of --time-zone: is it the right one?",
    "in_the_future": "look at these times, or choose another eventTime",
    "out_of_range": "look at the limits and the type of {column}",
    "too_long": "raise maxLength of {column}",
    "too_few_fields": "lines are broken: have the source put line breaks and delimiters in quotes",
    "too_many_fields": "a value holds the delimiter: have the source put it in quotes",
}


@dataclass(frozen=True)
class Trial:
    """What became of the file under the draft.

    Attributes:
        records: Records that were loaded or rejected.
        good: Records that were loaded.
        reasons: Why others were not.
        refusal: What the night would say of the whole file; None when it would take it.
        loaded: SQL of the loaded rows with ``_batch_sequence`` and ``_row_number``.
    """

    records: int
    good: int
    reasons: tuple[ReasonCount, ...]
    refusal: str | None
    loaded: str

    @property
    def rejected(self) -> int:
        """Records that would go to quarantine."""
        return self.records - self.good

    def advice(self) -> list[str]:
        """What to look at, a sentence for every reason."""
        told = []
        for item in self.reasons:
            what = _ADVICE.get(item.reason, "look at these records").format(column=item.column or "the record")
            told.append(f"{item.rows:,} {item.reason} in {item.column or 'the record'}: {what}")
        return told


def try_contract(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    file: Path,
    *,
    options: FileOptions,
    workspace: Path,
    now: dt.datetime,
) -> Trial:
    """Load a file with a drafted contract into a lake that is thrown away.

    Args:
        con: An in-memory connection.
        contract: The draft.
        file: What to load.
        options: How it is read.
        workspace: An empty folder, which outlives the result.
        now: The time of the load, with a zone.

    Raises:
        FileRejectedError: When the readers refuse the file as a whole.
    """
    lake, quarantine = Lake(workspace / "lake"), Quarantine(workspace / "quarantine")
    refusal = None
    try:
        load_file(con, contract, file, lake=lake, quarantine=quarantine, options=options, loaded_at=now)
    except RejectedShareError as error:
        refusal = error.what
        # Loaded all the same, to have rows to try the model on.
        tolerant = replace(options, max_rejected_share=1.0)
        load_file(con, contract, file, lake=lake, quarantine=quarantine, options=tolerant, loaded_at=now)
    (batch,) = lake.create_raw_view(con, contract)
    reasons = tuple(quarantine.summarise(con, contract.name, batch_id=batch.batch_id)) if batch.rejected else ()
    loaded = f"select * from raw.{sql.identifier(contract.name)}"
    return Trial(records=batch.records, good=batch.good, reasons=reasons, refusal=refusal, loaded=loaded)


def try_model(
    con: duckdb.DuckDBPyConnection,
    model: str,
    trial: Trial,
    *,
    project: Path,
    canonical: Mapping[str, str],
    currency: str,
) -> list[str]:
    """Run a drafted staging model on the loaded rows, with the types the canonical layer casts to.

    Args:
        con: The connection of the trial.
        model: Text of the model.
        trial: What was loaded.
        project: The project, for its macros.
        canonical: Names and types of the entity's columns; empty for a helper table.
        currency: The company's currency.

    Returns:
        What came of it, in sentences.

    Raises:
        OnboardingError: When the model does not run: a fault of the draft, of which nothing is written.
    """
    sql_text = compiled_sql(model, project=project, relation=f"({trial.loaded})", variables={"base_currency": currency})
    try:
        con.execute(f"create or replace temp table staged_rows as {sql_text}")
        names = [str(row[0]) for row in con.execute("describe staged_rows").fetchall()]
        casts = [f"count(cast({n} as {canonical[n]}))" for n in names if n in canonical]
        con.execute(f"select {', '.join(casts) or '1'} from staged_rows").fetchall()
    except duckdb.Error as error:
        raise OnboardingError(
            "the drafted staging model does not run",
            expected="a model that runs as it is written",
            found=str(error).splitlines()[0],
            fix="this is a fault of the draft: report it; --entity none drafts a model without any mapping",
        ) from error
    return _outcome(con, names)


def _outcome(con: duckdb.DuckDBPyConnection, names: list[str]) -> list[str]:
    (rows,) = con.execute("select count(*) from staged_rows").fetchone() or (0,)
    told = [f"{rows:,} rows"]
    if "net_amount" in names:
        (net, orders) = con.execute("select sum(net_amount), count(distinct order_id) from staged_rows").fetchone() or (
            0,
            0,
        )
        told[0] += f" of {orders:,} orders, net amount {net or 0:,.2f}"
        kinds = con.execute("select line_kind, count(*) from staged_rows group by 1 order by 2 desc").fetchall()
        told.append(", ".join(f"{count:,} {kind}" for kind, count in kinds))
    for name in ("ordered_at", "occurred_at", "answered_at", "assigned_at"):
        if name in names:
            low, high, missing = con.execute(
                f"select min({name})::date, max({name})::date, count(*) - count({name}) from staged_rows"
            ).fetchone() or (None, None, 0)
            told.append(f"{name} from {low} to {high}" + (f", {missing:,} without" if missing else ""))
    owners = [sql.identifier(name) for name in ("customer_ref", "email", "phone") if name in names]
    if owners and rows:
        (owned,) = con.execute(
            f"select count(*) from staged_rows where coalesce({', '.join(owners)}) is not null"
        ).fetchone() or (0,)
        told.append(f"{owned / rows:.0%} belong to somebody")
    return told
