"""Links, pictures and headings of a Markdown page, as a Git host reads them.

Belongs here: finding them outside code, what a heading is called in a link. Does not belong here: whether a link is
right, what becomes of it on the site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scripts.pages.markdown import anchor

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]*(?:\([^()]*\)[^()\s]*)*)\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")


@dataclass(frozen=True)
class Link:
    """A link or picture.

    Attributes:
        target: What it leads to, without the anchor.
        anchor: What stands behind the #, empty without one.
        is_picture: Whether it is shown on the page.
        line: Where it stands, from 1.
    """

    target: str
    anchor: str
    is_picture: bool
    line: int

    @property
    def is_external(self) -> bool:
        return bool(re.match(r"[a-z][a-z0-9+.-]*:", self.target, flags=re.IGNORECASE))


def links_of(markdown: str) -> list[Link]:
    """Every link of a page that is no code, in the order of the page."""
    found = []
    for number, line in _prose(markdown):
        for match in _LINK.finditer(_CODE_SPAN.sub(lambda span: "`" * len(span[0]), line)):
            target, _, heading = match[3].partition("#")
            found.append(Link(target, heading, match[1] == "!", number))
    return found


def anchors_of(markdown: str) -> list[str]:
    """What links call the headings of a page, in its order; a name that is there twice is one of two headings."""
    headings = (_HEADING.match(line) for _, line in _prose(markdown))
    return [anchor(_LINK.sub(r"\2", heading[1])) for heading in headings if heading]


def with_links(markdown: str, changed: Callable[[str], str]) -> str:
    """The page with another target of every link that is no code.

    Args:
        markdown: The page.
        changed: Returns what a target becomes, anchor included.
    """
    lines = markdown.split("\n")
    for number, line in _prose(markdown):
        spans = [span.span() for span in _CODE_SPAN.finditer(line)]

        def rewritten(match: re.Match[str], spans: list[tuple[int, int]] = spans) -> str:
            # A link may hold code in its text, but is none within code.
            if any(start <= match.start() and match.end() <= end for start, end in spans):
                return match[0]
            return f"{match[1]}[{match[2]}]({changed(match[3])})"

        lines[number - 1] = _LINK.sub(rewritten, line)
    return "\n".join(lines)


def _prose(markdown: str) -> Iterator[tuple[int, str]]:
    """The lines outside code blocks with their numbers."""
    fence = ""
    for number, line in enumerate(markdown.split("\n"), 1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = ""
        elif not fence:
            yield number, line
