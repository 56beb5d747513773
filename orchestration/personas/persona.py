"""The shape of a persona: sentences, and where each of their numbers comes from.

Belongs here: sentences as words and figures, and their plain form. Does not belong here: which sentences are said
(``writer`` and its parts), how numbers are formatted (the reader's language decides that where they are shown).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["count", "share", "money", "number", "times", "days", "points"]


@dataclass(frozen=True)
class Figure:
    """A number of a mart.

    Attributes:
        value: The number, as the mart has it.
        kind: What it is: it decides how it is written.
        mart: Name of the mart.
        column: Its column.
        key: Columns and values that find the one row.
    """

    value: float
    kind: Kind
    mart: str
    column: str
    key: Mapping[str, Any]

    def to_plain(self, keys: list[dict[str, Any]]) -> list[Any]:
        """The figure in plain JSON types, its key by its place in ``keys``, where it is put if it is new."""
        key = dict(self.key)
        if key not in keys:
            keys.append(key)
        return [self.value, self.kind, self.mart, self.column, keys.index(key)]


@dataclass(frozen=True)
class Sentence:
    """Words and figures in the order in which they are read."""

    parts: tuple[str | Figure, ...]

    def to_plain(self, keys: list[dict[str, Any]]) -> list[Any]:
        """The sentence in plain JSON types."""
        return [part if isinstance(part, str) else part.to_plain(keys) for part in self.parts]


def says(*parts: str | Figure) -> Sentence:
    """A sentence of these words and figures."""
    return Sentence(parts)


@dataclass(frozen=True)
class Chapter:
    """One question about a segment and the sentences that answer it."""

    title: str
    sentences: tuple[Sentence, ...]

    def to_plain(self, keys: list[dict[str, Any]]) -> dict[str, Any]:
        """The chapter in plain JSON types."""
        return {"title": self.title, "sentences": [sentence.to_plain(keys) for sentence in self.sentences]}


@dataclass(frozen=True)
class Persona:
    """A segment as a person would be told of it.

    Attributes:
        scheme: The way of segmenting.
        segment_code: The segment.
        headline: Size and worth in one sentence.
        chapters: The questions, in the order in which a reader asks them.
    """

    scheme: str
    segment_code: str
    headline: Sentence
    chapters: tuple[Chapter, ...]

    def to_plain(self) -> dict[str, Any]:
        """The persona in plain JSON types.

        Returns:
            ``{"headline": sentence, "chapters": [{"title": text, "sentences": [sentence]}], "keys": [key]}``; a
            sentence is a list of texts and figures, a figure ``[value, kind, mart, column, place in keys]``.
        """
        keys: list[dict[str, Any]] = []
        return {
            "headline": self.headline.to_plain(keys),
            "chapters": [chapter.to_plain(keys) for chapter in self.chapters],
            "keys": keys,
        }
