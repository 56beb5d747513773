"""The index of the schemes' pages.

Belongs here: the table of all schemes. Does not belong here: what a scheme is in detail.
"""

from __future__ import annotations

from collections.abc import Iterable

from scripts.pages.catalogue import Scheme
from scripts.pages.markdown import page, table

_INTRODUCTION = (
    "Each scheme gives every customer exactly one segment, tonight and on every month end of two years. A scheme whose"
    " sources are not connected is left out; `schemes:` in `tessera.yml` switches one off. What they look at is in"
    " [the features](../features.md), how to add one in [Extend it](../extend.md)."
)


def scheme_index(schemes: Iterable[Scheme]) -> str:
    """The text of the index."""
    rows = [
        [
            f"[{scheme.name}]({scheme.code}.md)",
            scheme.question,
            _segments(scheme),
            scheme.needs,
            scheme.method_in_words,
        ]
        for scheme in schemes
    ]
    return page(
        "the catalogues of schemes and segments",
        "# The schemes",
        _INTRODUCTION,
        table(["scheme", "question", "segments", "needs", "made"], rows),
    )


def _segments(scheme: Scheme) -> str:
    if scheme.kind == "found":
        return "found and named in the data"
    names = ", ".join(segment.name for segment in scheme.segments if segment.code != "unknown")
    if scheme.kind == "derived":
        return "from the data" + (f"; {names}" if names else "")
    return names
