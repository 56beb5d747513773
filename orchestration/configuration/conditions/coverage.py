"""Whom rules leave out, and for which rules nobody is left.

Belongs here: finding customers whom no rule fits, rules that no customer is left for, and customers whom two rules fit.
Does not belong here: how a condition is read (notation.py).

All are exact for columns that know nothing of each other: every combination of their stretches (cells.py) counts as a
possible customer. That some combinations do not occur (no order, yet a last order) is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestration.configuration.conditions.cells import cells_of
from orchestration.configuration.conditions.condition import Value
from orchestration.configuration.conditions.when import Conditions, When, Whens, both
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError

# A second of work; a scheme that people can follow needs a thousandth of it.
MOST_STEPS = 300_000


class TooComplexError(Exception):
    """The search did not end within its steps."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        super().__init__(f"more than {steps:,} steps")


def uncovered(whens: Whens, within: Conditions, boxes: Sequence[Conditions]) -> dict[str, Value | None] | None:
    """Find a customer for whom ``within`` holds and none of the boxes does.

    Returns:
        The values that matter, or None where there is no such customer.

    Raises:
        TooComplexError: There are too many combinations to go through.
    """
    asked = {name: [box[name] for box in (within, *boxes) if name in box] for name in whens.columns}
    # The columns of most boxes first: they decide most.
    names = sorted((name for name, conditions in asked.items() if conditions), key=lambda name: -len(asked[name]))
    table: list[dict[int, Value | None]] = []
    for name in names:
        every = [part for rule in whens.rules for box in rule.boxes for part in (box.get(name),) if part]
        cells = cells_of(whens.columns[name], every, in_days=name in whens.in_days)
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
    found = _Search(table, ended).from_column(0, (1 << len(boxes)) - 1)
    return None if found is None else dict(zip(names, found, strict=False))


@dataclass
class _Search:
    """Goes through the cells of one column after the other, with the boxes that can still hold as bits."""

    table: list[dict[int, Value | None]]
    ended: list[int]
    covered: set[tuple[int, int]] = field(default_factory=set)
    steps: int = 0

    def from_column(self, at: int, alive: int) -> list[Value | None] | None:
        """The values, from a column on, of a customer whom no box covers; None where there is none."""
        if alive & self.ended[at] or (at, alive) in self.covered:
            return None
        if not alive or at == len(self.table):
            # What is left does not matter to the boxes; it shows what the customer was looked for by.
            return [next(iter(masks.values())) for masks in self.table[at:]]
        for mask, value in self.table[at].items():
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise TooComplexError(MOST_STEPS)
            rest = self.from_column(at + 1, alive & mask)
            if rest is not None:
                return [value, *rest]
        self.covered.add((at, alive))
        return None


def overlap(whens: Whens, first: When, second: When) -> dict[str, Value | None] | None:
    """Find a customer whom two rules fit.

    Returns:
        The values that matter, or None where there is no such customer.

    Raises:
        TooComplexError: There are too many combinations to go through.
    """
    found = (uncovered(whens, both(one, other), ()) for one in first.boxes for other in second.boxes)
    return next((customer for customer in found if customer is not None), None)


def check_is_reached(whens: Whens, rule: When, earlier: Sequence[When], *, file: YamlFile) -> None:
    """Refuse a rule that never holds, or that comes too late.

    Args:
        whens: All rules that stand together.
        rule: The one that is looked at.
        earlier: Those before it that take everybody whom they fit.
        file: Where they are written.

    Raises:
        TesseraError: Names the rule's line.
        TooComplexError: There are too many combinations to go through.
    """
    possible = [box for box in rule.boxes if uncovered(whens, box, ()) is not None]
    if len(possible) < len(rule.boxes):
        raise TesseraError(
            f"{file.path} line {rule.line}: the rule of {rule.label} can never hold",
            expected="conditions that a customer can meet together",
            found="conditions on one column that exclude each other, or a value that it cannot have",
            fix="correct the conditions, or remove the rule or the alternative",
        )
    before = [box for other in earlier for box in other.boxes]
    if all(uncovered(whens, box, before) is None for box in rule.boxes):
        alone = [other for other in earlier if all(uncovered(whens, box, other.boxes) is None for box in rule.boxes)]
        told = f"{alone[0].label} (line {alone[0].line})" if alone else "the rules before it together"
        raise TesseraError(
            f"{file.path} line {rule.line}: nobody is left for the rule of {rule.label}",
            expected="a customer whom no earlier rule fits; the first rule that fits counts",
            found=f"everybody whom it fits is already taken by {told}",
            fix="move the rule up, or narrow the earlier ones",
        )
