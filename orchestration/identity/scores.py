"""Scores: how likely the candidates are one person, and which of the likely ones are vetoed.

Belongs here: scoring the candidates, how many of them are to be expected, and the veto of different given names.
Does not belong here: the model (person_model.py), the rule about names (name_rules.py).

A score is evidence times expectation. Most records of one person are linked by an identifier before anything is
scored, so that of the pairs which are left far fewer are one person than of all. How many is estimated from the scores
themselves: the share of one person among all pairs that makes the probabilities add up to that share (the mixing step
of expectation maximisation, with m and u held fixed).

The veto exists because of households, and costs matches where there are none, as in a register in which slips change
whole names. Which of the two a company has can be counted: pairs that agree on surname, street and place but not on the
given name either are two people who live together, and then hardly ever have the same birth date, or one person with a
slip, and then nearly always. Where the second is the rule the veto is lifted; where birth dates are too few to tell, it
stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from orchestration.identity.candidates import MAX_BLOCK
from orchestration.identity.name_rules import person_of
from orchestration.identity.person_model import all_pairs, score

# Fewer pairs with both birth dates do not tell.
MIN_PAIRS_THAT_TELL = 20
SAME_BIRTH_SHARE = 0.5
MOST_ROUNDS = 200


@dataclass(frozen=True)
class Veto:
    """Whether different given names keep people apart, and what it was decided on.

    Attributes:
        holds: The answer.
        pairs: Pairs of one surname, street and place with different given names and both birth dates.
        same_birth: Those of them with the same birth date.
    """

    holds: bool
    pairs: int
    same_birth: int


def decide_veto(connection: duckdb.DuckDBPyConnection) -> Veto:
    """Decide whether different given names are a veto."""
    ((pairs, same),) = connection.execute(
        f"""
        with neighbours as (
            select * from profiles
            where birth_date is not null and given is not null and last_name is not null and street is not null
            qualify count(*) over (partition by last_name, street, postal_code) <= {MAX_BLOCK}
        )
        select count(*), count(*) filter (where a.birth_date = b.birth_date)
        from neighbours as a
        inner join neighbours as b on a.last_name = b.last_name and a.street = b.street and a.n < b.n
        where
            a.given <> b.given
            and (a.postal_code = b.postal_code or a.city = b.city)
            and given_names_conflict({person_of("a")}, {person_of("b")})
        """
    ).fetchall()
    return Veto(holds=pairs < MIN_PAIRS_THAT_TELL or same < SAME_BIRTH_SHARE * pairs, pairs=pairs, same_birth=same)


def score_candidates(
    connection: duckdb.DuckDBPyConnection,
    model: dict[str, Any],
    *,
    at_least: float,
    veto: bool,
    expected: float | None = None,
) -> float:
    """Make the table ``scores``: l, r, weight, probability and is_vetoed of the candidates that are likely enough.

    Args:
        connection: The connection with ``candidates``, ``people`` and ``profiles``.
        model: What ``person_model.train`` gave.
        at_least: Probability (0-1) below which a pair is left out.
        veto: Whether different given names keep people apart.
        expected: Share (0-1) of all pairs that are one person and no identifier links; None to estimate it.

    Returns:
        That share.
    """
    connection.register("scored", score(connection, model, "candidates"))
    vetoed = f"a.given <> b.given and names_conflict({person_of('a')}, {person_of('b')})" if veto else "false"
    connection.execute(
        f"""
        create or replace table weights as
        select
            scored.n_l as l,
            scored.n_r as r,
            scored.match_weight as weight,
            {vetoed} as is_vetoed
        from scored
        inner join profiles as a on scored.n_l = a.n
        inner join profiles as b on scored.n_r = b.n
        """
    )
    connection.unregister("scored")
    prior = float(model["probability_two_random_records_match"])
    if expected is None:
        expected = _expected_share(connection, prior)
    shift = math.log2(expected / (1 - expected)) - math.log2(prior / (1 - prior))
    connection.execute(
        f"""
        create or replace table scores as
        select
            weights.l,
            weights.r,
            round(weights.weight + {shift}, 6) as weight,
            round(1 / (1 + pow(2, -(weights.weight + {shift}))), 9) as probability,
            coalesce(weights.is_vetoed, false) as is_vetoed
        from weights
        where 1 / (1 + pow(2, -(weights.weight + {shift}))) >= {at_least}
        """
    )
    return expected


def _expected_share(connection: duckdb.DuckDBPyConnection, prior: float) -> float:
    found = connection.execute(
        """
        select round(weight, 2) as weight, count(*) as pairs
        from weights
        where not coalesce(is_vetoed, false)
        group by all
        order by weight
        """
    ).fetchnumpy()
    everybody = all_pairs(connection)
    evidence = np.exp2(np.asarray(found["weight"], float)) * (1 - prior) / prior
    pairs = np.asarray(found["pairs"], float)
    share = prior
    for _ in range(MOST_ROUNDS):
        before = share
        odds = evidence * share / (1 - share)
        # At least one pair is expected, so that no share of nothing decides everything.
        share = max(float((pairs * odds / (1 + odds)).sum()), 1.0) / everybody
        if abs(share - before) < 1e-6 * before:
            break
    return float(f"{share:.6g}")
