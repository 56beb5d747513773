"""Whether the rules of a scheme reach everybody, and whether everybody is left for each of them.

Belongs here: finding customers whom no rule fits, and rules that no customer is left for. Does not belong here: how a
condition is read (notation.py).

Both are exact for features that know nothing of each other: every combination of their stretches (cells.py) counts as a
possible customer. That some combinations do not occur (no order, yet a last order) is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestration.configuration.custom_schemes.cells import cells_of
from orchestration.configuration.custom_schemes.conditions import Value
from orchestration.configuration.custom_schemes.rules import Conditions, Rule, Scheme
from orchestration.configuration.custom_schemes.words import customer_in_words
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError

# A second of work; a scheme that people can follow needs a thousandth of it.
MOST_STEPS = 300_000


class TooComplexError(Exception):
    """The search did not end within its steps."""


def check_coverage(scheme: Scheme, *, file: YamlFile) -> None:
    """Refuse rules that never hold, rules that come too late, and gaps.

    Raises:
        TesseraError: Names the rule's line, or describes a customer whom no rule fits.
    """
    try:
        for number, rule in enumerate(scheme.rules):
            _check_is_reached(scheme, rule, scheme.rules[:number], file=file)
        if scheme.otherwise is None:
            _check_no_gap(scheme, file=file)
    except TooComplexError as error:
        raise TesseraError(
            f"{file.path} line {scheme.line}: the rules of {scheme.code} are too many to check",
            expected="rules whose combinations can be gone through; each further feature multiplies them",
            found=f"{len(scheme.rules)} rules on {len(scheme.features)} features, more than {MOST_STEPS:,} steps",
            fix="ask fewer features, or make two schemes of it",
        ) from error


def uncovered(scheme: Scheme, within: Conditions, boxes: Sequence[Conditions]) -> dict[str, Value | None] | None:
    """Find a customer for whom ``within`` holds and none of the boxes does.

    Returns:
        The values that matter, or None where there is no such customer.

    Raises:
        TooComplexError: There are too many combinations to go through.
    """
    asked = {name: [box[name] for box in (within, *boxes) if name in box] for name in scheme.features}
    # The features of most boxes first: they decide most.
    names = sorted((name for name, conditions in asked.items() if conditions), key=lambda name: -len(asked[name]))
    table: list[dict[int, Value | None]] = []
    for name in names:
        every = [part for rule in scheme.rules for box in rule.boxes for part in (box.get(name),) if part]
        cells = cells_of(scheme.features[name], every, in_days=name in scheme.in_days)
        kept = [value for value in cells if name not in within or within[name].holds(value)]
        if not kept:
            return None
        # Cells in which the same boxes can still hold lead to the same end: one of them is enough.
        masks: dict[int, Value | None] = {}
        for value in kept:
            mask = sum(1 << at for at, box in enumerate(boxes) if name not in box or box[name].holds(value))
            masks.setdefault(mask, value)
        table.append(masks)
    ended = [
        sum(1 << at for at, box in enumerate(boxes) if not any(name in box for name in names[start:]))
        for start in range(len(names) + 1)
    ]
    found = _Search(table, ended).from_feature(0, (1 << len(boxes)) - 1)
    return None if found is None else dict(zip(names, found, strict=False))


@dataclass
class _Search:
    """Goes through the cells of one feature after the other, with the boxes that can still hold as bits."""

    table: list[dict[int, Value | None]]
    ended: list[int]
    covered: set[tuple[int, int]] = field(default_factory=set)
    steps: int = 0

    def from_feature(self, at: int, alive: int) -> list[Value | None] | None:
        """The values, from a feature on, of a customer whom no box covers; None where there is none."""
        if alive & self.ended[at] or (at, alive) in self.covered:
            return None
        if not alive or at == len(self.table):
            # What is left does not matter to the boxes; it shows what the customer was looked for by.
            return [next(iter(masks.values())) for masks in self.table[at:]]
        for mask, value in self.table[at].items():
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise TooComplexError
            rest = self.from_feature(at + 1, alive & mask)
            if rest is not None:
                return [value, *rest]
        self.covered.add((at, alive))
        return None


def _check_is_reached(scheme: Scheme, rule: Rule, earlier: Sequence[Rule], *, file: YamlFile) -> None:
    possible = [box for box in rule.boxes if uncovered(scheme, box, ()) is not None]
    if len(possible) < len(rule.boxes):
        raise TesseraError(
            f"{file.path} line {rule.line}: the rule of {rule.segment.code} can never hold",
            expected="conditions that a customer can meet together",
            found="conditions on one feature that exclude each other, or a value that it cannot have",
            fix="correct the conditions, or remove the rule or the alternative",
        )
    before = [box for other in earlier for box in other.boxes]
    if all(uncovered(scheme, box, before) is None for box in rule.boxes):
        alone = [other for other in earlier if all(uncovered(scheme, box, other.boxes) is None for box in rule.boxes)]
        told = f"{alone[0].segment.code} (line {alone[0].line})" if alone else "the rules before it together"
        raise TesseraError(
            f"{file.path} line {rule.line}: nobody is left for the rule of {rule.segment.code}",
            expected="a customer whom no earlier rule fits; the first rule that fits counts",
            found=f"everybody whom it fits is already taken by {told}",
            fix="move the rule up, or narrow the earlier ones",
        )


def _check_no_gap(scheme: Scheme, *, file: YamlFile) -> None:
    left = uncovered(scheme, {}, [box for rule in scheme.rules for box in rule.boxes])
    if left is not None:
        raise TesseraError(
            f"{file.path} line {scheme.line}: the rules of {scheme.code} leave customers out",
            expected="a rule for everybody, or otherwise: with the segment of everybody else",
            found=f"no rule fits a customer with {customer_in_words(scheme, left)}",
            fix="add a rule, or a line such as otherwise: others",
        )
