"""Random numbers that are the same in every process.

Belongs here: one stream per part and a few vectorised draws. Does not belong here: what is drawn.

Each part has a stream of its own, named after it, so that a change in one part leaves the others as they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def stream(seed: int, part: str) -> np.random.Generator:
    """The generator of one part; ``hash`` would differ from process to process."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(part.encode())]))


def choose(draw: np.random.Generator, weights: Sequence[float], size: int) -> Ints:
    """Draw positions 0 ... len(weights) - 1 with the given weights."""
    cumulated = np.cumsum(np.asarray(weights, dtype=float))
    found = np.searchsorted(cumulated, draw.random(size) * cumulated[-1], side="right")
    return np.minimum(found, len(cumulated) - 1).astype(np.int64)


def choose_by_row(draw: np.random.Generator, weights: Floats, rows: Ints) -> Ints:
    """Draw one position for every entry of ``rows``, with the weights of that row (rows x positions)."""
    cumulated = np.cumsum(weights, axis=1)
    cumulated = cumulated / cumulated[:, -1:]
    flat = (cumulated + np.arange(len(weights))[:, None]).ravel()
    found = np.searchsorted(flat, rows + draw.random(len(rows)), side="right")
    width = weights.shape[1]
    return np.clip(found - rows * width, 0, width - 1).astype(np.int64)


def position_in_group(groups: Ints) -> Ints:
    """Count 0, 1, 2 ... within runs of equal neighbours."""
    if not len(groups):
        return np.empty(0, np.int64)
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    lengths = np.diff(np.r_[starts, len(groups)])
    return np.arange(len(groups)) - np.repeat(starts, lengths)


def at_least_one(chosen: Flags, among: Flags) -> Flags:
    """The choice itself, or the first candidate where chance chose nobody: a file of a small company is never empty."""
    if chosen.any() or not among.any():
        return chosen
    alone = np.zeros_like(chosen)
    alone[np.flatnonzero(among)[0]] = True
    return alone
