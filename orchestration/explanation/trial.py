"""Made-up variants of one customer, put through a scheme's own SQL.

Belongs here: the tables that the SQL finds instead of the night's, and running it. Does not belong here: which variants
are worth it (search.py).

The SQL runs as it was compiled, in a database in memory that is called what the warehouse is called in it. Feature
families hold the variants there, each a copy of the customer's row under an id of its own; boundaries and seeds are the
night's. The warehouse is attached beside it, only to be read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from data_contracts.sql_quoting import identifier, path, text
from orchestration.explanation.features import Feature, Population, Value, read_population
from orchestration.explanation.ladder import Variant
from orchestration.explanation.scheme_sql import Relation, SchemeSql

_KEYS = frozenset({"customer_id", "as_of_date"})
# Features of one customer that can be other than they are at a time.
_PLACES = (1, 2)


class NoTrialError(Exception):
    """A scheme whose SQL says nothing about made-up customers; the message says why."""


class Workbench:
    """Trials of one customer's schemes on one night."""

    def __init__(self, warehouse: Path, *, customer_id: str, night: dt.date) -> None:
        self.con = duckdb.connect()
        self.con.execute("set enable_progress_bar = false; set threads = 2")
        self.con.execute(f"attach {path(warehouse)} as night (read_only)")
        self._customer_id = customer_id
        self._night = night
        self._copied: set[Relation] = set()
        self._populations: dict[Feature, Population] = {}

    def close(self) -> None:
        self.con.close()

    def trial(self, sql: SchemeSql) -> Trial:
        """Set a scheme's SQL up for trials.

        Raises:
            NoTrialError: Its segments do not come from feature families and predictions alone.
        """
        families: dict[Relation, list[Feature]] = {}
        words = sql.words
        for relation in sql.relations:
            columns = self._columns(relation)
            is_tried = relation.is_feature_family or relation.is_of_predictions
            if "customer_id" in columns and relation.schema != "features" and not is_tried:
                raise NoTrialError(
                    f"it reads what {relation.schema}.{relation.name} has worked out for every customer, "
                    "and a made-up one is not in it"
                )
            self._copy(relation, of_customer="customer_id" in columns, of_night="as_of_date" in columns)
            families[relation] = [
                feature
                for column, data_type in columns.items()
                if is_tried and column not in _KEYS and column.lower() in words
                for feature in [Feature(relation.name, column, data_type)]
                if feature.kind is not None
            ]
        return Trial(self, sql, families)

    def populations(self, relation: Relation, features: Sequence[Feature]) -> dict[Feature, Population]:
        """What values features of a family have tonight."""
        missing = [feature for feature in features if feature not in self._populations]
        if missing:
            self._populations |= read_population(self.con, _at("night", relation), missing, night=self._night)
        return {feature: self._populations[feature] for feature in features}

    def _columns(self, relation: Relation) -> dict[str, str]:
        found = self.con.execute(
            """
            select column_name, data_type
            from information_schema.columns
            where table_catalog = 'night' and table_schema = ? and table_name = ?
            order by ordinal_position
            """,
            [relation.schema, relation.name],
        ).fetchall()
        if not found:
            raise NoTrialError(f"the warehouse does not hold {relation.schema}.{relation.name} any more")
        return dict(found)

    def _copy(self, relation: Relation, *, of_customer: bool, of_night: bool) -> None:
        """Take what the SQL needs of a table once: the customer's rows, or all of boundaries and seeds."""
        if relation in self._copied:
            return
        if relation.database not in {name for (name,) in self.con.execute("show databases").fetchall()}:
            self.con.execute(f"attach ':memory:' as {identifier(relation.database)}")
        for database in (relation.database, "memory"):
            self.con.execute(f"create schema if not exists {identifier(database)}.{identifier(relation.schema)}")
        condition = f"customer_id = {text(self._customer_id)}" if of_customer else "true"
        if of_customer and of_night:
            condition += f" and as_of_date = cast({text(str(self._night))} as date)"
        target = _at("memory" if of_customer else relation.database, relation)
        self.con.execute(f"create table {target} as select * from {_at('night', relation)} where {condition}")
        self._copied.add(relation)


class Trial:
    """One scheme's SQL with the customer's rows at hand."""

    def __init__(self, bench: Workbench, sql: SchemeSql, families: dict[Relation, list[Feature]]) -> None:
        self._bench = bench
        self._con = bench.con
        self._sql = sql
        # Tables with a row for each customer, with the features in them that can be other than they are.
        self._families = {
            relation: features for relation, features in families.items() if self._is_of_customer(relation)
        }

    def originals(self) -> dict[Feature, Value | None]:
        """The customer's features that the SQL reads.

        Raises:
            NoTrialError: A family does not know the customer.
        """
        values: dict[Feature, Value | None] = {}
        for relation, features in self._families.items():
            if not features:
                continue
            columns = ", ".join(identifier(feature.column) for feature in features)
            rows = self._con.execute(f"select {columns} from {_at('memory', relation)}").fetchall()
            if not rows and relation.is_of_predictions:
                # Nothing is predicted of the customer, and so nothing of a made-up one.
                continue
            if not rows:
                raise NoTrialError(f"{relation.schema}.{relation.name} has no row of the customer tonight")
            values |= {feature: feature.value_of(stored) for feature, stored in zip(features, rows[0], strict=True)}
        return values

    def populations(self) -> dict[Feature, Population]:
        """What values those features have."""
        found: dict[Feature, Population] = {}
        for relation, features in self._families.items():
            found |= self._bench.populations(relation, features)
        return found

    def try_out(self, variants: Sequence[Variant]) -> list[str | None]:
        """Run the SQL and return the segment that each variant of the customer lands in."""
        names = [f"variant {number}" for number in range(len(variants))]
        self._con.register("made_up", _as_table(names, variants))
        for relation, features in self._families.items():
            columns = ", ".join(["made_up.customer_id as customer_id", *map(_changed, features)])
            self._con.execute(
                f"""
                create or replace table {_at(relation.database, relation)} as
                select original.* replace ({columns})
                from {_at("memory", relation)} as original
                cross join made_up
                """
            )
        landed = dict(
            self._con.execute(
                f"select customer_id, segment_code from (\n{self._sql.code}\n) as assigned where scheme = ?",
                [self._sql.scheme],
            ).fetchall()
        )
        return [landed.get(name) for name in names]

    def _is_of_customer(self, relation: Relation) -> bool:
        found = self._con.execute(
            "select 1 from duckdb_tables() where database_name = 'memory' and schema_name = ? and table_name = ?",
            [relation.schema, relation.name],
        ).fetchall()
        return bool(found)


def _as_table(names: Sequence[str], variants: Sequence[Variant]) -> pa.Table:
    """Variants as rows: an id each, and what is changed in as many places as may be."""
    columns: dict[str, list[str | None]] = {"customer_id": list(names)}
    for place in _PLACES:
        changes = [variant[place - 1] if len(variant) >= place else None for variant in variants]
        columns[f"feature_{place}"] = [None if each is None else _key(each[0]) for each in changes]
        columns[f"value_{place}"] = [None if each is None else each[0].text_of(each[1]) for each in changes]
    return pa.table({name: pa.array(values, type=pa.string()) for name, values in columns.items()})


def _at(database: str, relation: Relation) -> str:
    return ".".join(identifier(part) for part in (database, relation.schema, relation.name))


def _key(feature: Feature) -> str:
    return f"{feature.table}.{feature.column}"


def _changed(feature: Feature) -> str:
    """A feature's column: what the variant says, else the customer's own value."""
    column = identifier(feature.column)
    whens = " ".join(
        f"when made_up.feature_{place} = {text(_key(feature))} then {feature.sql_of(f'made_up.value_{place}')}"
        for place in _PLACES
    )
    return f"case {whens} else original.{column} end as {column}"
