"""One feature's values, tried from one end to the other, and where on them the segment changes.

Belongs here: which values to try next, and the nearest value that leads to each segment. Does not belong here: finding
out a value's segment (trial.py), choosing among features (search.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from orchestration.explanation.features import Feature, Population, Value
from orchestration.explanation.numbers import real_between, whole_between

# What stands in for the customer's own values: features and what they would be.
Variant = tuple[tuple[Feature, Value], ...]
# Of a feature on which the segment changes more often than this, only the changes nearest to the customer are narrowed.
_NARROWED = 24


@dataclass(frozen=True, kw_only=True)
class Step:
    """A change of one feature.

    Attributes:
        feature: The feature.
        original: Its value.
        to: The nearest tried value that leads there.
        low: The least value that does, as far as every tried one between does too; None where all below do.
        high: The greatest; None where all above do.
        distance: The share of the population between the two values.
    """

    feature: Feature
    original: Value | None
    to: Value
    low: Value | None
    high: Value | None
    distance: float


@dataclass
class Ladder:
    """The values of one feature that were tried for one customer.

    Attributes:
        population: The feature, and what values it has.
        original: The customer's own value.
        fixed: What else of the customer is changed meanwhile.
        tried: The segment of every value that was tried; None for one that leads to no segment.
    """

    population: Population
    original: Value | None
    fixed: Variant = ()
    tried: dict[Value, str | None] = field(default_factory=dict)

    @property
    def feature(self) -> Feature:
        return self.population.feature

    def start(self) -> list[Value]:
        """The values to begin with."""
        own = [self.original] if self.original is not None else []
        return own + self.population.candidates(self.original)

    def variants(self, values: Iterable[Value]) -> list[Variant]:
        return [(*self.fixed, (self.feature, value)) for value in values]

    def note(self, values: Sequence[Value], segments: Sequence[str | None]) -> None:
        self.tried.update(zip(values, segments, strict=True))

    def between(self) -> list[Value]:
        """Values not tried yet that lie where the segment changes; none when no change can be narrowed further."""
        if not self.feature.is_ordered or not self.tried:
            return []
        values = self._values()
        anchor = self._anchor(values)
        changes = [at for at in range(1, len(values)) if self.tried[values[at - 1]] != self.tried[values[at]]]
        nearest = sorted(changes, key=lambda at: (abs(at - anchor), at))[:_NARROWED]
        return sorted({value for at in nearest for value in self._between(values[at - 1], values[at])})

    def steps(self) -> dict[str, Step]:
        """For each segment the nearest value that leads to it."""
        if not self.feature.is_ordered:
            return self._first_of_each(
                self._step(value, low=value, high=value, segment=segment) for value, segment in self.tried.items()
            )
        if not self.tried:
            return {}
        values = self._values()
        anchor = self._anchor(values)
        runs = sorted(self._runs(values), key=lambda run: (max(run[0] - anchor, anchor - run[1], 0), run))
        return self._first_of_each(
            self._step(
                values[min(max(anchor, first), last)],
                # A single value at an end is not open: there is nothing below none.
                low=None if first == 0 < last else values[first],
                high=None if first < last == len(values) - 1 else values[last],
                segment=self.tried[values[first]],
            )
            for first, last in runs
        )

    def _first_of_each(self, steps: Iterable[tuple[str | None, Step]]) -> dict[str, Step]:
        nearest: dict[str, Step] = {}
        for segment, step in steps:
            if segment is None or step.to == self.original:
                continue
            if segment not in nearest or step.distance < nearest[segment].distance:
                nearest[segment] = step
        return nearest

    def _step(
        self, to: Value, *, low: Value | None, high: Value | None, segment: str | None
    ) -> tuple[str | None, Step]:
        step = Step(
            feature=self.feature,
            original=self.original,
            to=to,
            low=low,
            high=high,
            distance=self.population.distance(self.original, to),
        )
        return segment, step

    def _values(self) -> list[Value]:
        return sorted(self.tried)

    def _anchor(self, values: Sequence[Value]) -> int:
        """Where the customer stands among the tried values; in the middle of the population without a value."""
        own = self.population.middle() if self.original is None else self.original
        return min(range(len(values)), key=lambda at: (abs(Decimal(values[at]) - Decimal(own)), at))

    def _runs(self, values: Sequence[Value]) -> list[tuple[int, int]]:
        """First and last place of every unbroken run of values of one segment."""
        starts = [at for at in range(len(values)) if at == 0 or self.tried[values[at - 1]] != self.tried[values[at]]]
        return list(zip(starts, [*(start - 1 for start in starts[1:]), len(values) - 1], strict=True))

    def _between(self, low: Value, high: Value) -> list[Value]:
        if self.feature.kind == "real":
            return list(real_between(Decimal(low), Decimal(high), scale=self.feature.scale))
        return list(whole_between(int(low), int(high)))
