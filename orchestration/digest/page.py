"""A digest as HTML that mail programs show: one column, styles at the elements, no script, nothing from elsewhere.

Belongs here: its look. Does not belong here: what it says.
"""

from __future__ import annotations

from html import escape

from orchestration.digest.content import Chapter, Digest, Line

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_INK, _QUIET, _LINE, _GROUND, _ACCENT, _CALL = "#1c2733", "#586674", "#e3e8ed", "#f3f5f7", "#0b6e4f", "#fff8e6"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def as_html(digest: Digest) -> str:
    """The text of ``digest.html``."""
    first, *others = (escape(sentence) for sentence in digest.headline)
    chapters = "\n".join(_chapter(chapter, calls=place == 0) for place, chapter in enumerate(digest.chapters))
    beside = "".join(
        f'<p style="margin:6px 0 0;font-size:14px;line-height:20px;color:{_QUIET}">{sentence}</p>'
        for sentence in others
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(digest.title)}</title>
</head>
<body style="margin:0;padding:0;background:{_GROUND};color:{_INK};{_FONT}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:{_GROUND}">
<tr><td align="center" style="padding:12px 8px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="max-width:600px;background:#ffffff;border:1px solid {_LINE};border-radius:8px;text-align:left">
<tr><td style="padding:16px 20px 12px;border-top:4px solid {_ACCENT};border-radius:8px 8px 0 0;{_FONT}">
<h1 style="margin:0 0 8px;font-size:18px;line-height:24px;font-weight:700">{escape(digest.title)}</h1>
<p style="margin:0;font-size:16px;line-height:23px">{first}</p>{beside}
</td></tr>
{chapters}
<tr><td style="padding:10px 20px 14px;border-top:1px solid {_LINE};font-size:12px;line-height:18px;color:{_QUIET};\
overflow-wrap:anywhere;{_FONT}">{escape(digest.ending)}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""


def _chapter(chapter: Chapter, *, calls: bool) -> str:
    """A chapter; the one that calls for somebody stands out."""
    ground = f"background:{_CALL};" if calls else ""
    more = (
        f'<p style="margin:0 0 4px;font-size:12px;line-height:18px;color:{_QUIET}">{escape(chapter.ending)}</p>'
        if chapter.ending
        else ""
    )
    return f"""<tr><td style="padding:10px 20px 6px;border-top:1px solid {_LINE};{ground}{_FONT}">
<h2 style="margin:0 0 5px;font-size:14px;line-height:20px;font-weight:700;color:{_ACCENT}">{escape(chapter.title)}</h2>
<ul style="margin:0;padding:0 0 0 18px;font-size:14px;line-height:20px;overflow-wrap:anywhere">
{"".join(_item(line, chapter) for line in chapter.lines)}</ul>{more}</td></tr>"""


def _item(line: Line, chapter: Chapter) -> str:
    beside = ""
    if line.command is not None:
        beside = (
            f' <code style="font-family:Menlo,Consolas,monospace;font-size:12px;background:#eef1f4;color:{_INK};'
            f'padding:1px 4px;border-radius:3px">{escape(line.command)}</code>'
        )
    elif line.page is not None and not chapter.page:
        beside = f' <span style="color:{_QUIET};font-size:12px">Explorer: {escape(line.page)}</span>'
    lead = f"<strong>{escape(line.lead)}</strong>" if line.lead else ""
    return f'<li style="margin:0 0 5px">{lead}{escape(line.rest)}{beside}</li>\n'
