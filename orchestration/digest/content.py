"""The shape of a digest: chapters of single sentences, and where to go on from each.

Belongs here: the dataclasses, making texts of the marts harmless, their plain form. Does not belong here: which
sentences there are (``headline``, ``actions``, ``movement``, ``results``, ``checks``, ``models``), how they look.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

# Names are of a company's own making; one that is as long as a page must not push the rest from the screen.
LONGEST_NAME, LONGEST_SENTENCE = 60, 260


def one_line(text: str, longest: int) -> str:
    """A text without line breaks, control signs and signs that turn the direction of writing, cut where it is long."""
    kept = (" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    shown = " ".join("".join(sign for sign in kept if unicodedata.category(sign) not in ("Cf", "Cs", "Co")).split())
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def name_of(value: object) -> str:
    """A name from a mart as it may stand in a sentence."""
    return one_line(str(value), LONGEST_NAME) or "(without a name)"


@dataclass(frozen=True)
class Line:
    """One thing to know or to do.

    Attributes:
        text: A sentence.
        lead: The beginning of it that stands out; empty where nothing does.
        command: What to type to go on, None where there is nothing to type.
        page: The part of the explorer that shows more, None where none does.
    """

    text: str
    lead: str = ""
    command: str | None = None
    page: str | None = None

    @property
    def rest(self) -> str:
        """What comes after the lead."""
        return self.text.removeprefix(self.lead)


def line(text: str, *, lead: str = "", command: str | None = None, page: str | None = None) -> Line:
    """A line whose text is one line, whatever the marts hold.

    Args:
        text: The sentence.
        lead: Its beginning that stands out.
        command: What to type.
        page: The part of the explorer.
    """
    shown = one_line(text, LONGEST_SENTENCE)
    return Line(shown, lead=lead if shown.startswith(lead) else "", command=command, page=page)


@dataclass(frozen=True)
class Chapter:
    """Lines on one subject, and how many more there would be."""

    title: str
    lines: tuple[Line, ...]
    more: int = 0

    @property
    def page(self) -> str | None:
        """The part of the explorer that all its lines point to: it is named once, not in each of them."""
        pages = {line.page for line in self.lines}
        return pages.pop() if len(pages) == 1 and all(line.command is None for line in self.lines) else None

    @property
    def ending(self) -> str | None:
        """What stands below its lines: how many were cut, and where they are."""
        if self.more:
            return f"and {self.more:,} more in the explorer" + (f": {self.page}" if self.page else "")
        return f"more in the explorer: {self.page}" if self.page else None


def chapter(title: str, lines: Sequence[Line], *, most: int, of: int | None = None) -> Chapter:
    """A chapter of the first lines.

    Args:
        title: Its title.
        lines: What could be said, the most important first.
        most: How many are shown.
        of: How many there are, where only some of them were worded.
    """
    shown = tuple(lines[:most])
    return Chapter(title, shown, more=(len(lines) if of is None else of) - len(shown))


@dataclass(frozen=True)
class Digest:
    """A night as a marketer is told of it.

    Attributes:
        title: Whose night it is.
        headline: The first sentences.
        chapters: What needs somebody, what moved, results, checks, models.
        ending: Which version it is and where everything else is.
        facts: The figures that programs want, by name, in plain JSON types.
    """

    title: str
    headline: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    ending: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_plain(self) -> dict[str, Any]:
        """The digest in plain JSON types."""
        return asdict(self)

    @classmethod
    def from_plain(cls, document: Mapping[str, Any]) -> Digest:
        """The digest of such a document.

        Raises:
            KeyError, TypeError: It is none.
        """
        chapters = (
            Chapter(str(each["title"]), tuple(Line(**told) for told in each["lines"]), more=int(each["more"]))
            for each in document["chapters"]
        )
        return cls(
            title=str(document["title"]),
            headline=tuple(str(sentence) for sentence in document["headline"]),
            chapters=tuple(chapters),
            ending=str(document["ending"]),
            facts=dict(document["facts"]),
        )
