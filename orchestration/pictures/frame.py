"""What every picture has in common: its document, its looks in light and in dark, words, and Markdown around it.

Belongs here: text of SVG. Does not belong here: any kind of picture.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

# Words stand out of the ground by 4.5 to 1 or more in both.
STYLE = """
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; font-size: 13px; fill: #1f2933; }
.ground { fill: #ffffff; } .stripe { fill: #f5f7fa; } .grid { stroke: #e4e7eb; } .zero { stroke: #7b8794; }
.heading { font-size: 20px; font-weight: 600; } .panel { font-size: 14px; font-weight: 600; }
.strong { font-weight: 600; } .quiet { fill: #52606d; font-size: 12px; }
.best { stroke: #0b6e4f; fill: #0b6e4f; } .rest { stroke: #8794a1; fill: #8794a1; }
.line { fill: none; stroke: #2f6690; stroke-width: 2.5; } .bar, .dot { fill: #2f6690; }
.line.colour-1 { stroke: #b4531a; } .dot.colour-1 { fill: #b4531a; }
.line.colour-2 { stroke: #3b7a3b; } .dot.colour-2 { fill: #3b7a3b; }
.line.colour-3 { stroke: #7d4f9a; } .dot.colour-3 { fill: #7d4f9a; }
.band { fill: #2f6690; opacity: 0.18; }
.dashed { stroke-dasharray: 6 5; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f4f8; } .quiet { fill: #b3bfcc; }
.ground { fill: #16202a; } .stripe { fill: #1c2833; } .grid { stroke: #2c3a47; } .zero { stroke: #8494a4; }
.best { stroke: #4fd1a5; fill: #4fd1a5; } .rest { stroke: #7d8b99; fill: #7d8b99; }
.line { stroke: #7fb7de; } .bar, .dot, .band { fill: #7fb7de; }
.line.colour-1 { stroke: #f0a06a; } .dot.colour-1 { fill: #f0a06a; }
.line.colour-2 { stroke: #86cf86; } .dot.colour-2 { fill: #86cf86; }
.line.colour-3 { stroke: #c9a2e0; } .dot.colour-3 { fill: #c9a2e0; }
}
"""


def document(title: str, told: str, parts: Sequence[str], *, width: int, height: int) -> str:
    """Return a whole picture.

    Args:
        title: What it shows, for who hears it.
        told: The same as sentences, with its numbers.
        parts: Elements, the lowest first.
        width: In pixels.
        height: In pixels.
    """
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(told)}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="ground" width="{width}" height="{height}"/>',
            *parts,
            "</svg>\n",
        ]
    )


def words(x: float, y: float, said: str, kind: str = "", *, anchor: str = "start") -> str:
    """Return words at a place."""
    named = f' class="{kind}"' if kind else ""
    placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x}" y="{y}"{named}{placed}>{escape(said)}</text>'


def as_markdown(title: str, svg: str) -> str:
    """Return a picture inside a line of Markdown: as an image, since whatever stands in an image cannot run."""
    coded = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return f"![{title}](data:image/svg+xml;base64,{coded})"
