"""The model that says how likely two profiles are one person: Fellegi and Sunter's, estimated by Splink.

Belongs here: estimating the parameters from the night's own data, and scoring with them. Does not belong here: what is
compared (person_comparisons.py), which pairs are (candidates.py), what follows from a score (clusters.py).

Fellegi, I. and Sunter, A. (1969), A theory for record linkage, JASA 64: every step of agreement adds the logarithm of m
/ u, where m is how often the step is seen among records of one person and u among records of two. Here u is counted on
pairs of profiles drawn by a hash of their ids, m by expectation maximisation within blocks, and rare values count for
more than common ones (term frequencies). Nothing depends on the order of rows or on chance.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator

from orchestration.identity.person_comparisons import person_comparisons
from orchestration.identity.tables import single

# Profiles that u is counted on: all their pairs, some million.
U_SAMPLE = 1_500
EM_PAIRS = 50_000
# A block with fewer pairs says too little to learn from; what is not learnt keeps the value written below.
MIN_EM_PAIRS = 200
# The same of pairs that the rules of ``_LIKELY`` find: where strangers alone know a value, nothing is learnt about how
# often it agrees within one person.
MIN_LIKELY_PAIRS = 50
# Of all pairs that are one person, the share that the rules of ``_LIKELY`` are taken to find.
LIKELY_RECALL = 0.7
# Shares of all pairs are taken as if there were at least so many profiles: among a handful every pair is a large share,
# and strangers are no more alike for being few.
FEWEST_PEOPLE = 1_000
MOST_OF_ONE_PERSON = 0.5
_LIKELY = (
    ("email", "given"),
    ("given", "last_name", "birth_date"),
    ("given", "last_name", "postal_code", "street"),
)
# Blocks to learn from; where addresses are too few, those of the second line.
_EM_BLOCKS = (("email",), ("last_name", "postal_code"))
_EM_BLOCKS_WITHOUT_EMAIL = (("last_name", "postal_code"), ("birth_date",))
TERM_FREQUENCIES = ("first_name", "last_name", "street_line", "postal_code", "city")
_DIGITS = 10


def create_people(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``people`` out of ``profiles``: those with a name, in the columns that are compared.

    Addresses and numbers that are blocked in ``identifiers`` are left out: two people who share a switchboard are no
    more one person for it.
    """
    connection.execute(
        """
        create or replace table people as
        with known as (
            select
                profiles.* replace (
                    case when emails.value is null then profiles.email end as email,
                    case when phones.value is null then profiles.phone end as phone
                )
            from profiles
            left join identifiers as emails
                on emails.kind = 'email' and emails.status = 'blocked' and profiles.email = emails.value
            left join identifiers as phones
                on phones.kind = 'phone' and phones.status = 'blocked' and profiles.phone = phones.value
        )
        select
            n, profile_id, given, first_name, last_name, postal_code, city, email, phone,
            strftime(birth_date, '%Y%m%d') as birth_date,
            strftime(birth_date, '%Y%m%d') as birth_day,
            street,
            case when street is not null then concat_ws(' ', street, house_number) end as street_line,
            split_part(email, '@', 1) as mailbox,
            regexp_replace(email, '[^0-9]', '', 'g') as email_digits,
            length(
                replace(
                    replace(split_part(email, '@', 1), coalesce(replace(last_name, ' ', ''), ' '), ''),
                    coalesce(given, ' '), ''
                )
            ) <= 2 as made_of_name
        from known
        where first_name is not null or last_name is not null
        """
    )


def train(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, Any], list[str]]:
    """Estimate the model on the tables ``people`` and ``components``.

    Returns:
        Splink's settings with the parameters, and what could not be learnt for want of pairs.
    """
    with _quiet():
        _find_likely_pairs(connection)
        settings = {**_settings(), "probability_two_random_records_match": _share_of_one_person(connection)}
        linker = _linker(connection, "people", settings)
        _count_u(connection, linker)
        _hold_what_nobody_tells(connection, linker)
        skipped = []
        has_emails = _pairs_within(connection, ("email",)) >= MIN_EM_PAIRS
        for columns in _EM_BLOCKS if has_emails else _EM_BLOCKS_WITHOUT_EMAIL:
            pairs = _pairs_within(connection, columns)
            if pairs < MIN_EM_PAIRS or _likely_pairs(connection, columns, "l.{0} = r.{0}") < MIN_LIKELY_PAIRS:
                skipped.append(" and ".join(columns))
                continue
            linker.training.estimate_parameters_using_expectation_maximisation(
                _some_blocks(columns, of=pairs), estimate_without_term_frequencies=True
            )
        model = _rounded(linker.misc.save_model_to_json())
        linker.table_management.delete_tables_created_by_splink_from_db()
    return model, skipped


def score(
    connection: duckdb.DuckDBPyConnection,
    model: dict[str, Any],
    pairs: str,
    *,
    in_detail: bool = False,
) -> duckdb.DuckDBPyRelation:
    """Score pairs of ``people``.

    Args:
        connection: The connection with ``people`` and, for every name of ``TERM_FREQUENCIES``, a table ``tf_<name>``.
        model: What ``train`` gave.
        pairs: A relation with l and r.
        in_detail: Give every comparison's part (columns gamma_*, mw_* and mw_tf_adj_*) too.

    Returns:
        n_l, n_r, match_weight (log2 of the odds) and match_probability of every pair.
    """
    with _quiet():
        # Splink gives the steps (gamma_*) only together with the values that were compared.
        settings = {
            **model,
            "retain_intermediate_calculation_columns": in_detail,
            "retain_matching_columns": in_detail,
        }
        api = DuckDBAPI(connection)
        linker = Linker(api.register(connection.table("people")), settings, log_level=None)
        for name in TERM_FREQUENCIES:
            table = api.register(connection.table(f"tf_{name}"))
            linker.table_management.register_term_frequency_lookup(table, name)
        connection.execute(
            f"""
            create or replace table blocked_pairs as
            select cast(l as varchar) as join_key_l, cast(r as varchar) as join_key_r, '0' as match_key from {pairs}
            """
        )
        linker.table_management.register_blocked_pairs_for_predict(api.register(connection.table("blocked_pairs")))
        scored = linker.inference.predict()
        return scored.as_duckdbpyrelation()


def count_terms(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables ``tf_<name>``: how often each value is, as a share of those that are known."""
    for name in TERM_FREQUENCIES:
        connection.execute(
            f"""
            create or replace table tf_{name} as
            select {name}, count(*) / sum(count(*)) over () as tf_{name}
            from people where {name} is not null group by {name}
            """
        )


def _settings() -> dict[str, Any]:
    creator = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="n",
        comparisons=[*person_comparisons()],
        blocking_rules_to_generate_predictions=[],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    settings: dict[str, Any] = creator.create_settings_dict("duckdb")
    return settings


def _linker(connection: duckdb.DuckDBPyConnection, table: str, settings: dict[str, Any]) -> Linker:
    api = DuckDBAPI(connection)
    return Linker(api.register(connection.table(table)), settings, log_level=None)


def all_pairs(connection: duckdb.DuckDBPyConnection) -> float:
    """How many pairs shares are taken of."""
    people = max(int(single(connection, "select count(*) from people")), FEWEST_PEOPLE)
    return people * (people - 1) / 2


def _find_likely_pairs(connection: duckdb.DuckDBPyConnection) -> None:
    rules = " union ".join(
        "select l.n as l, r.n as r from people as l inner join people as r on l.n < r.n and "
        + " and ".join(f"l.{column} = r.{column}" for column in columns)
        for columns in _LIKELY
    )
    connection.execute(f"create or replace table likely_pairs as {rules}")


def _likely_pairs(connection: duckdb.DuckDBPyConnection, columns: tuple[str, ...], condition: str) -> int:
    """How many likely pairs fulfil a condition in each of some columns."""
    all_of_them = " and ".join(condition.format(column) for column in columns)
    return int(
        single(
            connection,
            "select count(*) from likely_pairs "
            "inner join people as l on likely_pairs.l = l.n "
            f"inner join people as r on likely_pairs.r = r.n where {all_of_them}",
        )
    )


def _share_of_one_person(connection: duckdb.DuckDBPyConnection) -> float:
    """The share of all pairs that are one person: the likely ones, and those that the rules miss."""
    # At least one pair, as a share of nothing would decide everything.
    found = max(int(single(connection, "select count(*) from likely_pairs")), 1)
    return min(found / LIKELY_RECALL / all_pairs(connection), MOST_OF_ONE_PERSON)


def _hold_what_nobody_tells(connection: duckdb.DuckDBPyConnection, linker: Linker) -> None:
    """Keep the written m of comparisons whose values hardly any likely pair has on both sides."""
    for comparison in linker._settings_obj.core_model_settings.comparisons:
        known = _likely_pairs(connection, (comparison.output_column_name,), "l.{0} is not null and r.{0} is not null")
        for level in comparison.comparison_levels:
            level._fix_m_probability = known < MIN_LIKELY_PAIRS


def _count_u(connection: duckdb.DuckDBPyConnection, linker: Linker) -> None:
    """Count u on a sample of its own, which a hash of the ids chooses: Splink's sample depends on the rows' order."""
    strangers = connection.sql(
        f"""
        select people.*
        from people
        -- One profile of each component, so that strangers are what is counted.
        semi join (select distinct component from components) as first_ones on people.n = first_ones.component
        order by md5(profile_id)
        limit {U_SAMPLE}
        """
    ).to_arrow_table()
    if strangers.num_rows < 2:
        return
    # A connection of its own: two linkers on one connection take each other's tables.
    with duckdb.connect() as apart:
        apart.register("sample", strangers)
        apart.execute("create table strangers as from sample")
        other = _linker(apart, "strangers", _settings())
        other.training.estimate_u_using_random_sampling(
            max_pairs=float(U_SAMPLE**2), min_count_per_level=None, num_chunks=1
        )
    counted = {
        comparison.output_column_name: comparison for comparison in other._settings_obj.core_model_settings.comparisons
    }
    for comparison in linker._settings_obj.core_model_settings.comparisons:
        theirs = counted[comparison.output_column_name]
        for level, their in zip(comparison.comparison_levels, theirs.comparison_levels, strict=True):
            if not level.is_null_level and isinstance(their.u_probability, float) and their.u_probability > 0:
                level.u_probability = their.u_probability


def _some_blocks(columns: tuple[str, ...], *, of: int) -> str:
    """A blocking rule that gives some ``EM_PAIRS`` of so many pairs: whole blocks, chosen by a digest of their key."""
    same = " and ".join(f"l.{column} = r.{column}" for column in columns)
    share = -(-of // EM_PAIRS)
    key = " || ' ' || ".join(f"cast(l.{column} as varchar)" for column in columns)
    return same if share == 1 else f"{same} and md5_number_lower({key}) % {share} = 0"


def _pairs_within(connection: duckdb.DuckDBPyConnection, columns: tuple[str, ...]) -> int:
    keys = ", ".join(columns)
    known = " and ".join(f"{column} is not null" for column in columns)
    blocks = f"select count(*) as k from people where {known} group by {keys}"
    return int(single(connection, f"select coalesce(sum(k * (k - 1) / 2), 0) from ({blocks})"))


def _rounded(model: dict[str, Any]) -> dict[str, Any]:
    """The model with parameters of few enough digits that sums in another order give the same ones."""
    text = json.dumps({name: value for name, value in model.items() if name != "linker_uid"}, default=str)
    rounded: dict[str, Any] = json.loads(text, parse_float=lambda digits: float(f"{float(digits):.{_DIGITS}g}"))
    return rounded


@contextmanager
def _quiet() -> Iterator[None]:
    """Splink tells of every step; a night's log is not the place for it."""
    log = logging.getLogger("splink")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)
