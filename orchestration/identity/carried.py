"""What a night takes over from the state before, and what it leaves to the next.

Belongs here: term frequencies and scores that are not worked out anew, and the tables of the new state. Does not belong
here: the files (state.py).
"""

from __future__ import annotations

import duckdb

from orchestration.identity import person_model

# Of pairs that were not looked at again.
_KEPT_SCORES = """
    select previous_scores.*
    from previous_scores
    anti join profiles on previous_scores.left_id = profiles.profile_id
    anti join gone on previous_scores.left_id = gone.profile_id
    anti join gone as gone_right on previous_scores.right_id = gone_right.profile_id
    """


def take_kept_terms(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables ``tf_<name>`` of the state before."""
    for name in person_model.TERM_FREQUENCIES:
        connection.execute(
            f"create or replace table tf_{name} as "
            f"select term as {name}, share as tf_{name} from previous_terms where name = '{name}'"
        )


def add_kept_scores(connection: duckdb.DuckDBPyConnection) -> None:
    """Pairs of profiles that were there before keep the score they got in the last full run."""
    connection.execute(
        """
        insert into scores
        select
            least(l.n, r.n) as l,
            greatest(l.n, r.n) as r,
            previous_scores.weight,
            previous_scores.probability,
            previous_scores.is_vetoed
        from previous_scores
        inner join profiles as l on previous_scores.left_id = l.profile_id
        inner join profiles as r on previous_scores.right_id = r.profile_id
        """
    )


def write_state(connection: duckdb.DuckDBPyConnection, *, is_full: bool) -> None:
    """Make the tables ``state_<name>`` of persons."""
    terms = " union all ".join(
        f"select '{name}' as name, {name} as term, tf_{name} as share from tf_{name}"
        for name in person_model.TERM_FREQUENCIES
    )
    connection.execute(
        f"""
        create or replace view state_members as from members order by profile_id, valid_from;
        create or replace view state_customers as from customers order by customer_id;
        create or replace view state_ledger as from ledger;
        create or replace table state_scores as
        {"" if is_full else _KEPT_SCORES + " union all"}
        select l.profile_id as left_id, r.profile_id as right_id, scores.weight, scores.probability, scores.is_vetoed
        from scores
        inner join profiles as l on scores.l = l.n
        inner join profiles as r on scores.r = r.n
        order by left_id, right_id;
        create or replace table state_terms as {terms if is_full else "from previous_terms"} order by name, term;
        create or replace table state_names as from name_counts order by kind, word;
        create or replace table state_blocked as
        {"" if is_full else "from previous_blocked union"}
        select kind, value, reason from identifiers where status = 'blocked'
        order by kind, value, reason
        """
    )


def write_findings(connection: duckdb.DuckDBPyConnection, *, is_full: bool) -> None:
    """Make the tables of the state that people look at: links, refused links, shared values and doubtful pairs.

    Those of profiles that were not looked at tonight are the ones of the night before.
    """
    ends = """
        inner join profiles as l on found.l = l.n
        inner join profiles as r on found.r = r.n
    """
    unseen = """
        anti join (
            select one.profile_id as left_id, other.profile_id as right_id
            from {table} as pairs
            inner join profiles as one on pairs.left_id = one.profile_id
            inner join profiles as other on pairs.right_id = other.profile_id
        ) as seen on before.left_id = seen.left_id and before.right_id = seen.right_id
        anti join gone on before.left_id = gone.profile_id
        anti join gone as gone_right on before.right_id = gone_right.profile_id
    """
    kept = {
        name: ""
        if is_full
        else f"union all select before.* from previous_{name} as before " + unseen.format(table=f"previous_{name}")
        for name in ("links", "refused_links", "review_pairs")
    }
    connection.execute(
        f"""
        create or replace table state_links as
        select l.profile_id as left_id, r.profile_id as right_id, found.kind, found.strength, found.value
        from links as found {ends} {kept["links"]}
        order by all;
        create or replace table state_refused_links as
        select l.profile_id as left_id, r.profile_id as right_id, found.kind, found.strength, found.reason
        from refused_links as found {ends} {kept["refused_links"]}
        order by all;
        create or replace table state_review_pairs as
        select * replace (
            row_number() over (order by probability desc nulls last, left_id, right_id) as position
        )
        from (select * from review_pairs {kept["review_pairs"]})
        order by position;
        create or replace table state_shared_values as
        select kind, value, profiles, status, reason from identifiers where status <> 'free'
        {
            ""
            if is_full
            else "union all select before.* from previous_shared_values as before "
            "anti join identifiers on before.kind = identifiers.kind and before.value = identifiers.value"
        }
        order by all
        """
    )
