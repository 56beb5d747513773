"""A digest as Markdown.

Belongs here: its look, and that no text of a mart can be more than text. Does not belong here: what it says.
"""

from __future__ import annotations

import re

from orchestration.digest.content import Chapter, Digest, Line

# Whatever begins or ends something in CommonMark and GitHub's Markdown; @ and : would name people and make addresses.
_SIGNS = re.compile(r"[\\`*_{}\[\]<>#|~!&$@^=]|(?<=[a-z]):(?=//)|(?<=www)\.|^[-+]", re.IGNORECASE)
# At the beginning it would be an item of a numbered list.
_NUMBERED = re.compile(r"^(\d+)([.)])")


def escaped(text: str) -> str:
    """A text that Markdown shows as it is."""
    marked = _SIGNS.sub(lambda sign: "\\" + sign[0], text)
    return _NUMBERED.sub(r"\1\\\2", marked)


def as_markdown(digest: Digest) -> str:
    """The text of ``digest.md``."""
    parts = [f"# {escaped(digest.title)}", "", " ".join(escaped(sentence) for sentence in digest.headline), ""]
    for chapter in digest.chapters:
        parts += [f"## {escaped(chapter.title)}", "", *(_item(line, chapter) for line in chapter.lines)]
        parts += [f"- *{escaped(chapter.ending)}*"] if chapter.ending else []
        parts.append("")
    return "\n".join([*parts, escaped(digest.ending), ""])


def _item(line: Line, chapter: Chapter) -> str:
    text = f"- **{escaped(line.lead)}**{escaped(line.rest)}" if line.lead else f"- {escaped(line.text)}"
    if line.command is not None:
        return f"{text} {_code(line.command)}"
    return text if line.page is None or chapter.page else f"{text} *Explorer: {escaped(line.page)}*"


def _code(command: str) -> str:
    """A code span; its fence is longer than any run of backticks inside it."""
    shown = " ".join(command.split())
    fence = "`" * (max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    return f"{fence}{' ' if '`' in shown else ''}{shown}{' ' if '`' in shown else ''}{fence}"
