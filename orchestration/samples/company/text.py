"""Columns of text, made a column at a time.

Belongs here: picking, joining and replacing texts in Arrow arrays. Does not belong here: word lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.samples.company.randomness import Flags, Ints

# pyarrow carries no types of its own.
Text = Any


def pick(words: Sequence[str] | Text, positions: Ints) -> Text:
    """The words at these positions; a position below zero gives no text."""
    known = words if isinstance(words, pa.Array) else pa.array(list(words), pa.string())
    return known.take(pa.array(positions, mask=np.asarray(positions) < 0))


def join(*parts: Text | str, between: str = "") -> Text:
    """Join texts row by row; a missing part makes the whole missing."""
    return pc.binary_join_element_wise(*parts, between)


def when(condition: Flags, then: Text | str | None, otherwise: Text | str | None) -> Text:
    """``then`` where the condition holds, else ``otherwise``; None is no text."""
    return pc.if_else(pa.array(condition), _value(then), _value(otherwise))


def only(condition: Flags, value: Text | str) -> Text:
    """The text where the condition holds, else nothing."""
    return when(condition, value, None)


def numbers(values: Ints, *, width: int = 0) -> Text:
    """Whole numbers as text, filled with zeros to a width."""
    written = pa.array(np.asarray(values)).cast(pa.string())
    return pc.utf8_lpad(written, width, "0") if width else written


def repeated(value: str, rows: int) -> Text:
    """The same text in every row."""
    return pa.repeat(pa.scalar(value, pa.string()), rows)


def swapped_letters(value: Text, at: int) -> Text:
    """Exchange the letters at ``at`` and ``at + 1``, as hurried typing does."""
    parts = [(0, at), (at + 1, at + 2), (at, at + 1), (at + 2, None)]
    return join(*(pc.utf8_slice_codeunits(value, start, stop) for start, stop in parts))


def folded(name: Text) -> Text:
    """A name as it stands in an e-mail address: small plain letters only."""
    plain = pc.utf8_lower(name)
    for letters, plainly in (
        ("ä", "ae"),
        ("ö", "oe"),
        ("ü", "ue"),
        ("ß", "ss"),
        ("\u0131", "i"),
        ("ł", "l"),
        ("đ", "d"),
        ("ø", "o"),
    ):
        plain = pc.replace_substring(plain, letters, plainly)
    return pc.replace_substring_regex(pc.utf8_normalize(plain, "NFKD"), "[^a-z-]", "")


def occurrence(value: Text) -> Ints:
    """How often the text of each row occurred in earlier rows."""
    codes = np.asarray(pc.dictionary_encode(value).indices.to_numpy(zero_copy_only=False), np.int64)
    order = np.argsort(codes, kind="stable")
    grouped = codes[order]
    starts = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]])
    counts = np.arange(len(codes)) - np.repeat(starts, np.diff(np.r_[starts, len(codes)]))
    found = np.empty(len(codes), np.int64)
    found[order] = counts
    return found


def _value(value: Text | str | None) -> Any:
    return pa.scalar(value, pa.string()) if value is None or isinstance(value, str) else value
