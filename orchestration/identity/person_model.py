"""The model that says how likely two profiles are one person: Fellegi and Sunter's, estimated by Splink.

Belongs here: what is compared and in which steps, and estimating the parameters from the night's own data. Does not
belong here: which pairs are compared (candidates.py), what follows from a score (clusters.py).

Fellegi, I. and Sunter, A. (1969), A theory for record linkage, JASA 64: every step of agreement adds the logarithm of
m / u, where m is how often the step is seen among records of one person and u among records of two. Here u is counted
on pairs of profiles drawn by a hash of their ids, m by expectation maximisation within blocks, and rare values count for
more than common ones (term frequencies). Nothing depends on the order of rows or on chance.
"""

from __future__ import annotations

import json
import logging
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_level_library as levels
from splink import comparison_library as comparisons
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator

from orchestration.identity.tables import single

# Profiles that u is counted on: all their pairs, some three million.
U_SAMPLE = 2_500
EM_PAIRS = 200_000
# A block with fewer pairs says too little to learn from; what is not learnt keeps the value written below.
MIN_EM_PAIRS = 200
# Of all pairs that are one person, the share that the rules of ``_LIKELY`` are taken to find.
LIKELY_RECALL = 0.7
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


def _level(sql: str, label: str, m: float, u: float, *, rare_counts_more: str | None = None) -> ComparisonLevelCreator:
    level = levels.CustomLevel(sql, label)
    return level.configure(
        m_probability=m,
        u_probability=u,
        tf_adjustment_column=rare_counts_more,
        tf_adjustment_weight=1.0 if rare_counts_more else None,
        tf_minimum_u_value=1e-6 if rare_counts_more else None,
    )


def _comparison(
    name: str, column: str, *steps: ComparisonLevelCreator, silent_where: str = "false"
) -> ComparisonCreator:
    silent = levels.CustomLevel(f"{column}_l is null or {column}_r is null or ({silent_where})", "unknown")
    return comparisons.CustomComparison(
        output_column_name=name,
        comparison_levels=[silent.configure(is_null_level=True), *steps, _else(steps)],
    )


def _else(steps: tuple[ComparisonLevelCreator, ...]) -> ComparisonLevelCreator:
    m = 1 - sum(step.m_probability or 0 for step in steps)
    u = 1 - sum(step.u_probability or 0 for step in steps)
    return levels.ElseLevel().configure(m_probability=m, u_probability=u)


def _similar(column: str, at_least: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {at_least}"


def _close(column: str, slips: int) -> str:
    return f"damerau_levenshtein({column}_l, {column}_r) <= {slips}"


def person_comparisons() -> list[ComparisonCreator]:
    """What is compared, with parameters to start from: those of consumer records with few slips."""
    reversed_names = "first_name_l = last_name_r and last_name_l = first_name_r"
    return [
        _comparison(
            "first_name",
            "first_name",
            _level("first_name_l = first_name_r", "same", 0.86, 0.004, rare_counts_more="first_name"),
            _level("given_l = given_r", "same first given name", 0.03, 0.001),
            _level(reversed_names, "names in each other's place", 0.01, 0.00001),
            _level(
                "(length(given_l) = 1 or length(given_r) = 1) and given_l[1] = given_r[1]", "same initial", 0.02, 0.001
            ),
            _level(_similar("first_name", 0.92), "a slip apart", 0.04, 0.003),
            _level(_similar("first_name", 0.8), "alike", 0.015, 0.02),
        ),
        _comparison(
            "last_name",
            "last_name",
            _level("last_name_l = last_name_r", "same", 0.88, 0.001, rare_counts_more="last_name"),
            _level(
                "contains(' ' || last_name_l || ' ', ' ' || last_name_r || ' ') "
                "or contains(' ' || last_name_r || ' ', ' ' || last_name_l || ' ')",
                "one within the other",
                0.02,
                0.0005,
            ),
            _level(_similar("last_name", 0.92), "a slip apart", 0.04, 0.002),
            _level(_similar("last_name", 0.8), "alike", 0.015, 0.01),
            # The comparison of first names has already counted it.
            silent_where=reversed_names,
        ),
        _comparison(
            "birth_date",
            "birth_day",
            _level("birth_day_l = birth_day_r", "same", 0.93, 0.00005),
            _level(_close("birth_day", 1), "a digit apart", 0.03, 0.001),
            _level(_close("birth_day", 2), "two digits apart", 0.02, 0.01),
        ),
        _comparison(
            "street",
            "street_line",
            _level("street_line_l = street_line_r", "same", 0.75, 0.0001, rare_counts_more="street_line"),
            _level("street_l = street_r", "same street, another number", 0.05, 0.003),
            _level(_similar("street_line", 0.92), "a slip apart", 0.08, 0.001),
            _level(_similar("street_line", 0.8), "alike", 0.05, 0.01),
        ),
        _comparison(
            "postal_code",
            "postal_code",
            _level("postal_code_l = postal_code_r", "same", 0.84, 0.002, rare_counts_more="postal_code"),
            _level(_close("postal_code", 1), "a digit apart", 0.06, 0.006),
        ),
        _comparison(
            "city",
            "city",
            _level("city_l = city_r", "same", 0.86, 0.03, rare_counts_more="city"),
            _level(_similar("city", 0.88), "a slip apart", 0.05, 0.005),
        ),
        _comparison(
            "email",
            "email",
            _level("email_l = email_r", "same", 0.45, 0.000005),
            _level(
                f"{_close('email', 2)} and length(email_l) > 10 and email_digits_l = email_digits_r "
                "and (mailbox_l = mailbox_r or not (made_of_name_l and made_of_name_r))",
                "a slip apart",
                0.03,
                0.00001,
            ),
            # Half of all addresses are made of the name, so that they say again what the names have said.
            _level(
                "mailbox_l = mailbox_r and not made_of_name_l and not made_of_name_r",
                "same before the @, not made of the name",
                0.04,
                0.00001,
            ),
        ),
        _comparison(
            "phone",
            "phone",
            _level("phone_l = phone_r", "same", 0.7, 0.000005),
            _level(_close("phone", 1), "a digit apart", 0.02, 0.00001),
        ),
    ]


def create_people(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``people`` out of ``profiles``: those with a name, in the columns that are compared."""
    connection.execute(
        """
        create or replace table people as
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
        from profiles
        where first_name is not null or last_name is not null
        order by n
        """
    )


def train(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, Any], list[str]]:
    """Estimate the model on the tables ``people`` and ``components``.

    Returns:
        Splink's settings with the parameters, and what could not be learnt for want of pairs.
    """
    with _quiet():
        linker = _linker(connection, "people", _settings())
        linker.training.estimate_probability_two_random_records_match(
            [block_on(*columns) for columns in _LIKELY], recall=LIKELY_RECALL
        )
        _count_u(connection, linker)
        skipped = []
        has_emails = _pairs_within(connection, ("email",)) >= MIN_EM_PAIRS
        for columns in _EM_BLOCKS if has_emails else _EM_BLOCKS_WITHOUT_EMAIL:
            pairs = _pairs_within(connection, columns)
            if pairs < MIN_EM_PAIRS:
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
        settings = {**model, "retain_intermediate_calculation_columns": in_detail}
        api = DuckDBAPI(connection)
        linker = Linker(api.register(connection.table("people")), settings)
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
        comparisons=person_comparisons(),
        blocking_rules_to_generate_predictions=[],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    settings: dict[str, Any] = creator.create_settings_dict("duckdb")
    return settings


def _linker(connection: duckdb.DuckDBPyConnection, table: str, settings: dict[str, Any]) -> Linker:
    api = DuckDBAPI(connection)
    return Linker(api.register(connection.table(table)), settings)


def _count_u(connection: duckdb.DuckDBPyConnection, linker: Linker) -> None:
    """Count u on a sample of its own, which a hash of the ids chooses: Splink's sample depends on the rows' order."""
    strangers = connection.sql(
        f"""
        select people.*
        from people
        inner join components using (n)
        qualify row_number() over (partition by component order by md5(profile_id)) = 1
        order by md5(profile_id)
        limit {U_SAMPLE}
        """
    ).to_arrow_table()
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
    text = json.dumps(model, default=str)
    return json.loads(text, parse_float=lambda digits: float(f"{float(digits):.{_DIGITS}g}"))


class _quiet:
    """Splink tells of every step; a night's log is not the place for it."""

    def __enter__(self) -> None:
        self._level = logging.getLogger("splink").level
        logging.getLogger("splink").setLevel(logging.ERROR)

    def __exit__(self, *_: object) -> None:
        logging.getLogger("splink").setLevel(self._level)
