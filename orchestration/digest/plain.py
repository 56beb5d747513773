"""A digest as plain text, for chats and for mail programs that show no HTML.

Belongs here: its look. Does not belong here: what a chat would take for a command (``notices.webhook``).
"""

from __future__ import annotations

from orchestration.digest.content import Chapter, Digest, Line


def as_text(digest: Digest) -> str:
    """The digest, a line for each of its lines."""
    parts = [digest.title, "", *digest.headline, ""]
    for chapter in digest.chapters:
        parts += [chapter.title, *(f"• {_item(line, chapter)}" for line in chapter.lines)]
        parts += [f"• {chapter.ending}"] if chapter.ending else []
        parts.append("")
    return "\n".join([*parts, digest.ending, ""])


def _item(line: Line, chapter: Chapter) -> str:
    if line.command is not None:
        return f"{line.text} → {line.command}"
    return line.text if line.page is None or chapter.page else f"{line.text} → Explorer: {line.page}"
