"""What is compared between two profiles, and in which steps of agreement.

Belongs here: the comparisons, with parameters to start from. Does not belong here: estimating the parameters
(person_model.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from splink import comparison_level_library as levels
from splink import comparison_library as comparisons
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator


@dataclass(frozen=True)
class _Step:
    """A step of agreement with the parameters to start from."""

    level: ComparisonLevelCreator
    m: float
    u: float


def _level(sql: str, label: str, m: float, u: float, *, rare_counts_more: str | None = None) -> _Step:
    level = levels.CustomLevel(sql, label).configure(
        m_probability=m,
        u_probability=u,
        tf_adjustment_column=rare_counts_more,
        tf_adjustment_weight=1.0 if rare_counts_more else None,
        tf_minimum_u_value=1e-6 if rare_counts_more else None,
    )
    return _Step(level, m, u)


def _comparison(name: str, column: str, *steps: _Step, silent_where: str = "false") -> ComparisonCreator:
    silent = levels.CustomLevel(f"{column}_l is null or {column}_r is null or ({silent_where})", "unknown")
    return comparisons.CustomComparison(
        output_column_name=name,
        comparison_levels=[
            silent.configure(is_null_level=True),
            *(step.level for step in steps),
            levels.ElseLevel().configure(
                m_probability=1 - sum(step.m for step in steps), u_probability=1 - sum(step.u for step in steps)
            ),
        ],
    )


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
