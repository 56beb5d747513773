"""Best-worst choices as arrays: who met which task, and what was chosen of it.

Belongs here: checking choices, texts or numbers, and turning them into arrays, a million rows in seconds; counts of
items. Does not belong here: one choice's model (``best_worst_logit``), how an export writes choices (``dbt_project``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import pandas as pd
from scipy import sparse

from ml.errors import ModelInputError

OWNER = "MaxDiffClasses"
NOT_ASKED = -1
COLUMNS = ("customer_id", "task_id", "shown", "best_item", "worst_item")


@dataclass(frozen=True, kw_only=True)
class ChoiceCodes:
    """Choices in t tasks as numbers: whoever has them in a database need not make texts of them.

    Attributes:
        respondent: Position among the sorted respondents, shape (t,).
        task: Number of the task, the same for nobody twice, shape (t,).
        lengths: How many items each task showed, shape (t,).
        offered: Positions of the items shown among the sorted items, task by task, shape (sum of lengths,).
        best: Position of the item chosen as best, shape (t,).
        worst: Position of the item chosen as worst, shape (t,), -1 where it was not asked.
    """

    respondent: np.ndarray
    task: np.ndarray
    lengths: np.ndarray
    offered: np.ndarray
    best: np.ndarray
    worst: np.ndarray

    def offer(self, row: int, items: tuple[str, ...]) -> list[str]:
        """Return the items that one task showed."""
        start = int(self.lengths[:row].sum())
        return [items[place] for place in self.offered[start : start + int(self.lengths[row])].tolist()]


@dataclass(frozen=True, kw_only=True)
class ItemCounts:
    """How often each respondent met and chose each item, three arrays of shape (n, p).

    Attributes:
        best: Times chosen as best.
        worst: Times chosen as worst.
        shown: Times shown.
    """

    best: np.ndarray
    worst: np.ndarray
    shown: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Menus:
    """The distinct sets of items that something was chosen from: a few hundred where tasks are thousands.

    Attributes:
        sets: Which items a set holds, 1 or 0, shape (m, p).
        of_task: The set of each distinct task, shape (d,), -1 where nothing was chosen.
    """

    sets: np.ndarray
    of_task: np.ndarray

    @classmethod
    def of(cls, offered: np.ndarray, chosen: np.ndarray) -> Menus:
        """Return the menus of some tasks.

        Args:
            offered: Which items each distinct task offers, shape (d, p), boolean.
            chosen: Whether something was chosen of it, shape (d,).
        """
        of_task = np.full(len(offered), -1)
        asked = offered[chosen]
        first, of_task[chosen] = _distinct(asked, np.zeros(len(asked), dtype=np.int64))
        return cls(sets=asked[first].astype(np.float64), of_task=of_task)

    def weights(self, weights: np.ndarray) -> np.ndarray:
        """Return the sum of the tasks' weights of each set, shape (m,)."""
        chosen = self.of_task >= 0
        return np.bincount(self.of_task[chosen], weights=weights[chosen], minlength=len(self.sets))


@dataclass(frozen=True, kw_only=True)
class ChoiceTasks:
    """Choices of n respondents; equal tasks with equal choices are kept once.

    Attributes:
        customers: Respondents, sorted, length n.
        items: The p items, sorted.
        shown: Which items a distinct task showed, shape (d, p), boolean.
        best: Item chosen as best, shape (d,).
        worst: Item chosen as worst, shape (d,), -1 where it was not asked.
        counts: How often each respondent met each distinct task, sparse (n, d).
    """

    customers: pd.Index
    items: tuple[str, ...]
    shown: np.ndarray
    best: np.ndarray
    worst: np.ndarray
    counts: sparse.csr_array

    @cached_property
    def best_menus(self) -> Menus:
        """What the best was chosen from."""
        return Menus.of(self.shown, np.ones(len(self.best), dtype=bool))

    @cached_property
    def worst_menus(self) -> Menus:
        """What the worst was chosen from: all that was shown but the best."""
        left = self.shown.copy()
        left[np.arange(len(left)), self.best] = False
        return Menus.of(left, self.worst >= 0)

    def rows(self, chosen: np.ndarray) -> ChoiceTasks:
        """Return the tasks of some respondents only, in the order of ``chosen`` (positions)."""
        counts = self.counts[chosen]
        met = np.unique(counts.indices)
        return ChoiceTasks(
            customers=self.customers[chosen],
            items=self.items,
            shown=self.shown[met],
            best=self.best[met],
            worst=self.worst[met],
            counts=counts[:, met],
        )

    def item_counts(self) -> ItemCounts:
        """Return how often each respondent met and chose each item."""
        count, p = self.shown.shape
        asked = np.flatnonzero(self.worst >= 0)
        best = sparse.csr_array((np.ones(count), (np.arange(count), self.best)), shape=(count, p))
        worst = sparse.csr_array((np.ones(len(asked)), (asked, self.worst[asked])), shape=(count, p))
        shown = sparse.csr_array(self.shown, dtype=np.float64)
        return ItemCounts(
            best=(self.counts @ best).toarray(),
            worst=(self.counts @ worst).toarray(),
            shown=(self.counts @ shown).toarray(),
        )

    def digest(self) -> str:
        """Return a digest of all choices, by which the same ones are known again."""
        told = hashlib.sha256(repr((self.items, self.shown.shape)).encode())
        told.update("\n".join(map(str, self.customers)).encode())
        counts = self.counts.sorted_indices()
        for part in (self.shown, self.best, self.worst, counts.indptr, counts.indices, counts.data):
            told.update(np.ascontiguousarray(part, dtype=np.int64 if part.dtype != np.bool_ else np.bool_).tobytes())
        return told.hexdigest()


def shown_items(choices: pd.DataFrame) -> tuple[str, ...]:
    """Return every item that a task showed, sorted.

    Raises:
        ModelInputError: A column is missing.
    """
    absent = [name for name in COLUMNS if name not in choices]
    if absent:
        raise _unusable(f"no column {absent[0]!r}", f"the columns {', '.join(COLUMNS)}")
    return tuple(sorted(set(chain.from_iterable(choices["shown"]))))


def choice_tasks(choices: pd.DataFrame, items: tuple[str, ...]) -> ChoiceTasks:
    """Return checked choices as arrays.

    Args:
        choices: customer_id, task_id, shown (the items, a list or tuple), best_item, worst_item (missing where it was
            not asked).
        items: The p items, sorted.

    Raises:
        ModelInputError: A column is missing, a task is there twice, fewer than two items were shown, an item is
            unknown, or an item was chosen that was not shown.
    """
    shown_items(choices.head(0))
    known = pd.Index(items, dtype=object)
    asked = choices["worst_item"].notna().to_numpy()
    worst = np.full(len(choices), NOT_ASKED)
    worst[asked] = _positions(choices.loc[asked, "worst_item"].to_list(), known)
    respondent, customers = pd.factorize(choices["customer_id"].to_numpy(dtype=object), sort=True)
    codes = ChoiceCodes(
        respondent=respondent,
        task=pd.factorize(choices["task_id"].to_numpy(dtype=object))[0],
        lengths=np.fromiter(map(len, choices["shown"]), dtype=np.int64, count=len(choices)),
        offered=_positions(list(chain.from_iterable(choices["shown"])), known),
        best=_positions(choices["best_item"].to_list(), known),
        worst=worst,
    )
    return choice_tasks_of_codes(codes, customers=customers.tolist(), items=items)


def choice_tasks_of_codes(codes: ChoiceCodes, *, customers: Sequence[str], items: tuple[str, ...]) -> ChoiceTasks:
    """Return checked choices that are numbers already as arrays; of many respondents the texts would take gigabytes.

    Args:
        codes: The choices.
        customers: The n respondents, sorted.
        items: The p items, sorted.

    Raises:
        ModelInputError: A task is there twice, fewer than two items were shown, a number is none of a respondent, task
            or item, or an item was chosen that was not shown.
    """
    respondent, best, worst = codes.respondent, codes.best, codes.worst
    # Texts that are missing have the number -1.
    ids = (codes.task, respondent)
    if any((numbers < 0).any() for numbers in ids) or not _sorted_by(ids)[1].all():
        raise _unusable("a task without an id, or one that is there twice", "each customer_id and task_id once")
    for what, numbers, least, most in (
        ("respondent", respondent, 0, len(customers)),
        ("item", codes.offered, 0, len(items)),
        ("item", best, 0, len(items)),
        ("item", worst, NOT_ASKED, len(items)),
    ):
        beyond = (numbers < least) | (numbers >= most)
        if beyond.any():
            raise _unusable(f"{what} number {numbers[beyond.argmax()]}", f"numbers of {most} {what}s, from 0 on")
    at = np.arange(len(respondent))
    shown = np.zeros((len(respondent), len(items)), dtype=bool)
    shown[np.repeat(at, codes.lengths), codes.offered] = True
    asked = worst != NOT_ASKED
    wrong = ~shown[at, best] | (asked & (~shown[at, worst] | (best == worst)))
    if wrong.any():
        row = int(wrong.argmax())
        raise _unusable(
            f"best {items[best[row]]!r} and worst {items[worst[row]] if asked[row] else None!r} "
            f"of {codes.offer(row, items)}",
            "two different items of those shown",
        )
    few = shown.sum(axis=1) < 2
    if few.any():
        offer = codes.offer(int(few.argmax()), items)
        raise _unusable(f"a task that shows only {offer}", "at least two items to choose from")
    first, task = _distinct(shown, best * (len(items) + 1) + worst + 1)
    counts = sparse.coo_array((np.ones(len(task)), (respondent, task)), shape=(len(customers), len(first)))
    return ChoiceTasks(
        customers=pd.Index(customers, name="customer_id", dtype=object),
        items=items,
        shown=shown[first],
        best=best[first],
        worst=worst[first],
        counts=counts.tocsr(),
    )


def _positions(named: list[str], items: pd.Index) -> np.ndarray:
    """Return the position of each named item."""
    found = items.get_indexer(pd.Index(named, dtype=object))
    if (found < 0).any():
        item = named[int((found < 0).argmax())]
        raise _unusable(f"the item {item!r}, which the model does not know", f"items of {', '.join(items)}")
    return found


def _distinct(shown: np.ndarray, choice: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each distinct task with its choice is met first, and which of them each row is.

    Whole words of 64 items are compared, as comparing a million rows item by item takes minutes.
    """
    packed = np.packbits(shown, axis=1)
    words = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
    words[:, : packed.shape[1]] = packed
    order, new = _sorted_by([*words.view(">u8").astype(np.uint64).T, choice])
    task = np.empty(len(order), dtype=np.int64)
    task[order] = np.cumsum(new) - 1
    return order[new], task


def _sorted_by(keys: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the order of rows by some keys, the last of them first, and which in it differ from the row before."""
    order = np.lexsort(keys)
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    return order, new


def _unusable(found: str, expected: str) -> ModelInputError:
    return ModelInputError(
        f"{OWNER}: the choices cannot be read",
        expected=expected,
        found=found,
        fix="give one row per task with the items shown and those chosen",
    )
