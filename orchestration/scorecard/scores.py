"""What the marts say of the schemes: how much each explains, and what crosses of two add.

Belongs here: reading the newest date of ``scheme_scorecard`` and ``scheme_pairs``. Does not belong here: judging
(``dbt_project/models/evaluation``), words (``answer``), pictures (``plot``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb

from data_contracts.sql_quoting import identifier


@dataclass(frozen=True)
class Estimate:
    """A share with its interval of 95 %; all three as a fraction of 1, and a gain as a difference of such."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class SchemeScore:
    """One scheme on the newest date.

    Attributes:
        rank: Place by the lower end of ``spend``; None where nothing is told.
        spend: Share of the differences in what customers spent afterwards.
        retention: Share of the differences in whether they ordered afterwards.
        reason: Why nothing is explained; None where it is.
        stability: Share of customers who stayed in their segment since the date before; None where nobody was in one.
        coverage: Share of customers in a segment.
        segments: Segments with a customer.
        smallest: Customers of the smallest; None where there is none.
        reachability: Share who may be contacted, in the segment in which it is lowest; None where nobody may.
    """

    scheme: str
    scheme_name: str
    rank: int | None
    spend: Estimate | None
    retention: Estimate | None
    reason: str | None
    stability: float | None
    coverage: float
    segments: int
    smallest: int | None
    reachability: float | None


@dataclass(frozen=True, kw_only=True)
class PairScore:
    """The cross of two schemes.

    Attributes:
        name: Both names.
        rank: Place by the lower end of ``gain``.
        gain: What it explains of the spending more than the best single scheme.
        best_scheme_name: That scheme.
        cells: Its segments.
        smallest: Customers of the smallest; None where there is none.
        is_combined: Whether the scheme combined is made of it in this version.
        is_chosen: Whether it is from the next night on.
    """

    first_scheme: str
    second_scheme: str
    name: str
    rank: int
    gain: Estimate | None
    best_scheme_name: str
    cells: int
    smallest: int | None
    is_large_enough: bool
    has_earned_its_place: bool
    is_combined: bool
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """The schemes on the newest date whose outcomes are known; without schemes and dates before there is one.

    Attributes:
        as_of_date: The date on which customers were in their segments.
        outcomes_until_date: The last day of what they did afterwards.
        learned_as_of_date: The date from which was learned what to expect of a segment.
        schemes: By rank; those without one come last.
        pairs: By rank.
    """

    as_of_date: dt.date | None
    outcomes_until_date: dt.date | None
    learned_as_of_date: dt.date | None
    schemes: tuple[SchemeScore, ...]
    pairs: tuple[PairScore, ...]

    @property
    def judged(self) -> tuple[SchemeScore, ...]:
        """The schemes of which it is told what they explain."""
        return tuple(score for score in self.schemes if score.spend is not None)

    @property
    def days(self) -> int | None:
        """Days of what customers did afterwards."""
        if self.as_of_date is None or self.outcomes_until_date is None:
            return None
        return (self.outcomes_until_date - self.as_of_date).days


def read_scorecard(connection: duckdb.DuckDBPyConnection, *, schema: str = "main") -> Scorecard:
    """Read the scorecard.

    Args:
        connection: A published version's marts, or the warehouse.
        schema: Where the marts are in it.
    """
    marts = identifier(schema)
    rows = connection.execute(
        f"""
        select scheme, scheme_name, usefulness_rank, explained_reason,
            explained_spend_share, explained_spend_share_lower, explained_spend_share_upper,
            explained_retention_share, explained_retention_share_lower, explained_retention_share_upper,
            stability_share, coverage_share, segments_count, smallest_segment_customers_count, reachability_share,
            as_of_date, outcomes_until_date, learned_as_of_date
        from {marts}.scheme_scorecard
        where is_newest
        order by usefulness_rank nulls last, scheme
        """
    ).fetchall()
    pairs = connection.execute(
        f"""
        select first_scheme, second_scheme, first_scheme_name || ' x ' || second_scheme_name, gain_rank,
            gain_share, gain_share_lower, gain_share_upper, best_scheme_name, cells_count,
            smallest_cell_customers_count, is_large_enough, has_earned_its_place, is_combined, is_chosen
        from {marts}.scheme_pairs
        order by gain_rank
        """
    ).fetchall()
    as_of_date, outcomes_until_date, learned_as_of_date = rows[0][15:] if rows else (None, None, None)
    return Scorecard(
        as_of_date=as_of_date,
        outcomes_until_date=outcomes_until_date,
        learned_as_of_date=learned_as_of_date,
        schemes=tuple(
            SchemeScore(
                scheme=row[0],
                scheme_name=row[1],
                rank=row[2],
                reason=row[3],
                spend=_estimate(*row[4:7]),
                retention=_estimate(*row[7:10]),
                stability=row[10],
                coverage=row[11],
                segments=row[12],
                smallest=row[13],
                reachability=row[14],
            )
            for row in rows
        ),
        pairs=tuple(
            PairScore(
                first_scheme=row[0],
                second_scheme=row[1],
                name=row[2],
                rank=row[3],
                gain=_estimate(*row[4:7]),
                best_scheme_name=row[7],
                cells=row[8],
                smallest=row[9],
                is_large_enough=row[10],
                has_earned_its_place=row[11],
                is_combined=row[12],
                is_chosen=row[13],
            )
            for row in pairs
        ),
    )


def _estimate(value: float | None, lower: float | None, upper: float | None) -> Estimate | None:
    return None if value is None or lower is None or upper is None else Estimate(value, lower, upper)
