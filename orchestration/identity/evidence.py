"""What the weight of a match is made of: every comparison's part, so that a person can follow the sum.

Belongs here: scoring chosen pairs again with the model of their night, and naming the steps. Does not belong here: the
model (person_model.py), what follows from a weight (clusters.py).

The weight of a pair is a sum of logarithms (base 2): how likely any two records are one person; how much more or less
likely those are that no identifier links (scores.py); and what each comparison says for or against it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.sql_quoting import path
from orchestration.identity import person_model
from orchestration.identity.profiles import take_profiles
from orchestration.identity.state import State

# Splink's number of the step that has nothing to compare, and of the last one, which needs no label.
_UNKNOWN, _DIFFERENT = -1, 0


@dataclass(frozen=True)
class Part:
    """What one comparison adds to a weight.

    Attributes:
        comparison: What is compared.
        step: How far it agrees.
        weight: What that step says, log2(m / u).
        rarity: What is added for a value that is rarer than others, or taken away for a common one.
    """

    comparison: str
    step: str
    weight: float
    rarity: float


@dataclass(frozen=True)
class Weighing:
    """A weight taken apart; ``total`` is the sum of all of it.

    Attributes:
        prior: Log2 odds that any two records are one person.
        expectation: What is added because no identifier links the pair.
        parts: What the comparisons add, in the model's order.
    """

    prior: float
    expectation: float
    parts: list[Part]

    @property
    def total(self) -> float:
        return self.prior + self.expectation + sum(part.weight + part.rarity for part in self.parts)


Pair = tuple[str, str]


def weigh(warehouse: duckdb.DuckDBPyConnection, state: State, pairs: Collection[Pair]) -> dict[Pair, Weighing]:
    """Take the weights of some pairs apart.

    Args:
        warehouse: The warehouse, with the profiles of the state's night.
        state: What that night left.
        pairs: Ids of profiles with a name.

    Returns:
        The weighing of every pair, under the pair as it was given.
    """
    if not pairs:
        return {}
    # A connection of its own: the warehouse is only read, and Splink makes tables.
    with duckdb.connect() as connection:
        counted = path(state.folder / "names.parquet")
        connection.execute(f"create table name_counts as from read_parquet({counted})")
        _take_pairs(warehouse, connection, pairs)
        person_model.create_people(connection)
        for name in person_model.TERM_FREQUENCIES:
            _take_terms(connection, state.folder / "terms.parquet", name)
        model = state.about["model"]
        scored = person_model.score(connection, model, "pairs", in_detail=True)
        columns = scored.columns
        found = [dict(zip(columns, row, strict=True)) for row in scored.fetchall()]
        profile_ids = dict(connection.execute("select n, profile_id from profiles").fetchall())
    prior = _log_odds(model["probability_two_random_records_match"])
    expectation = _log_odds(state.about["expected"]) - prior
    weighed = {
        frozenset((profile_ids[row["n_l"]], profile_ids[row["n_r"]])): Weighing(prior, expectation, _parts(model, row))
        for row in found
    }
    return {pair: weighed[frozenset(pair)] for pair in pairs}


def _take_pairs(
    warehouse: duckdb.DuckDBPyConnection, connection: duckdb.DuckDBPyConnection, pairs: Collection[Pair]
) -> None:
    ids = sorted({profile for pair in pairs for profile in pair})
    chosen = warehouse.sql(
        "select * from identity.int_identity__profiles where profile_id in (select unnest(?))", params=[ids]
    ).to_arrow_table()
    connection.register("chosen", chosen)
    take_profiles(connection, "chosen")
    connection.unregister("chosen")
    blocked = warehouse.sql("select kind, value, status from matching.shared_values where status = 'blocked'")
    connection.register("blocked", blocked.to_arrow_table())
    connection.execute("create table identifiers as from blocked")
    connection.unregister("blocked")
    connection.execute(
        """
        create table pairs as
        select distinct least(l.n, r.n) as l, greatest(l.n, r.n) as r
        from (select unnest($1) as left_id, unnest($2) as right_id) as given
        inner join profiles as l on given.left_id = l.profile_id
        inner join profiles as r on given.right_id = r.profile_id
        """,
        [[left for left, _ in pairs], [right for _, right in pairs]],
    )


def _take_terms(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    connection.execute(
        f"create table tf_{name} as "
        f"select term as {name}, share as tf_{name} from read_parquet({path(file)}) where name = '{name}'"
    )


def _log_odds(share: float) -> float:
    return math.log2(share / (1 - share))


def _parts(model: Mapping[str, Any], row: Mapping[str, Any]) -> list[Part]:
    return [
        Part(
            comparison=name.replace("_", " "),
            step=_step(comparison, row[f"gamma_{name}"]),
            weight=row[f"mw_{name}"],
            rarity=row.get(f"mw_tf_adj_{name}", 0.0),
        )
        for comparison in model["comparisons"]
        for name in [comparison["output_column_name"]]
    ]


def _step(comparison: Mapping[str, Any], number: int) -> str:
    if number == _UNKNOWN:
        return "unknown"
    if number == _DIFFERENT:
        return "different"
    levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
    # Numbered from the last one, which is 0.
    return str(levels[len(levels) - 1 - number]["label_for_charts"])
