"""The nearest other segments of a customer, and what would have to change for them.

Belongs here: which variants of the customer are tried, and which of those that move are the nearest. Does not belong
here: running them (trial.py), telling them (console).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import isqrt

from orchestration.explanation.features import Feature, Population, Value
from orchestration.explanation.ladder import Ladder, Step, Variant

# The segment that each variant lands in; None for one that lands nowhere.
TryOut = Callable[[Sequence[Variant]], list[str | None]]
# Nobody means to go where something about the customer is not known.
NOT_A_GOAL = frozenset({"unknown"})
_SHOWN = 3
_MOST_ROUNDS = 12
# Values of one feature that are tried together with those of another, and pairs of values in all.
_PER_FEATURE = 7
_MOST_PAIRS = 40_000


@dataclass(frozen=True)
class Move:
    """A way into another segment: what would have to change, all else being equal."""

    segment_code: str
    steps: tuple[Step, ...]

    @property
    def distance(self) -> float:
        return sum(step.distance for step in self.steps)


def nearest_moves(
    try_out: TryOut,
    segment_code: str,
    originals: Mapping[Feature, Value | None],
    populations: Mapping[Feature, Population],
) -> list[Move]:
    """Find the nearest ways into other segments: by one feature, or by two where one alone moves nothing.

    Args:
        try_out: Says where variants of the customer land.
        segment_code: Where the customer is.
        originals: The customer's features.
        populations: What values each has.

    Returns:
        The nearest way into each of the nearest segments, the nearest first; none if there is none.
    """
    ladders = [Ladder(populations[feature], original) for feature, original in sorted_features(originals)]
    _climb(try_out, ladders)
    home = NOT_A_GOAL | {segment_code}
    moves = [
        Move(segment, (step,)) for ladder in ladders for segment, step in ladder.steps().items() if segment not in home
    ]
    return _nearest(moves or _moves_by_two(try_out, home, ladders))


def sorted_features(originals: Mapping[Feature, Value | None]) -> list[tuple[Feature, Value | None]]:
    """Features in an order that does not depend on who listed them."""
    return sorted(originals.items(), key=lambda item: item[0])


def _climb(try_out: TryOut, ladders: Sequence[Ladder]) -> None:
    """Try the values of several features, and narrow every change of segment until it cannot be narrowed further."""
    wanted = [ladder.start() for ladder in ladders]
    for _ in range(_MOST_ROUNDS):
        variants = [ladder.variants(values) for ladder, values in zip(ladders, wanted, strict=True)]
        segments = iter(try_out([variant for each in variants for variant in each]) if any(variants) else [])
        for ladder, values in zip(ladders, wanted, strict=True):
            ladder.note(values, [next(segments) for _ in values])
        wanted = [ladder.between() for ladder in ladders]
        if not any(wanted):
            return


def _moves_by_two(try_out: TryOut, home: Collection[str], ladders: Sequence[Ladder]) -> list[Move]:
    """The nearest ways by two features: a few values of each with a few of each other, then narrowed in turn."""
    pairs = list(combinations(ladders, 2))
    if not pairs:
        return []
    each = max(2, min(_PER_FEATURE, isqrt(_MOST_PAIRS // len(pairs))))
    few = {ladder.feature: ladder.population.few_candidates(ladder.original, at_most=each) for ladder in ladders}
    tried = [
        (one, other, first, second)
        for one, other in pairs
        for first, second in product(few[one.feature], few[other.feature])
    ]
    if not tried:
        return []
    landed = try_out([((one.feature, first), (other.feature, second)) for one, other, first, second in tried])
    nearest: dict[str, tuple[float, int]] = {}
    for at, ((one, other, first, second), segment) in enumerate(zip(tried, landed, strict=True)):
        if segment is None or segment in home:
            continue
        far = one.population.distance(one.original, first) + other.population.distance(other.original, second)
        nearest[segment] = min(nearest.get(segment, (far, at)), (far, at))
    best = sorted((far, at, segment) for segment, (far, at) in nearest.items())[:_SHOWN]
    return [_narrowed(try_out, segment, *tried[at]) for _, at, segment in best]


def _narrowed(try_out: TryOut, segment: str, one: Ladder, other: Ladder, first: Value, second: Value) -> Move:
    """Bring both changes of a pair as near to the customer's own values as they go, first the one, then the other."""
    near = _with_fixed(try_out, segment, one, ((other.feature, second),), first)
    far = _with_fixed(try_out, segment, other, ((one.feature, near),), second)
    # No range: what else the one could be is only known for one value of the other.
    steps = [
        Step(
            feature=ladder.feature,
            original=ladder.original,
            to=value,
            low=value,
            high=value,
            distance=ladder.population.distance(ladder.original, value),
        )
        for ladder, value in ((one, near), (other, far))
    ]
    return Move(segment, (steps[0], steps[1]))


def _with_fixed(try_out: TryOut, segment: str, ladder: Ladder, fixed: Variant, known: Value) -> Value:
    """The nearest value of a feature that leads to a segment while something else is fixed; the known one does."""
    narrowed = Ladder(ladder.population, ladder.original, fixed=fixed)
    narrowed.note([known], [segment])
    _climb(try_out, [narrowed])
    step = narrowed.steps().get(segment)
    return known if step is None else step.to


def _nearest(moves: Sequence[Move]) -> list[Move]:
    """The nearest way into each segment, the nearest first."""
    ordered = sorted(moves, key=lambda move: (move.distance, [step.feature for step in move.steps], move.segment_code))
    by_segment: dict[str, Move] = {}
    for move in ordered:
        by_segment.setdefault(move.segment_code, move)
    return list(by_segment.values())[:_SHOWN]
