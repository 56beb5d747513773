"""The page of one version, from its marts to the text of the HTML file.

Belongs here: putting the parts together, and the policy that nothing else may run in the page. Does not belong here:
reading (``reading``, ``summaries``), the look and behaviour (``template.html``, ``style.css``, ``script/``).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from orchestration.errors import TesseraError
from orchestration.explorer.about import About
from orchestration.explorer.bundle import vega_script
from orchestration.explorer.encoding import columnar, script_json
from orchestration.explorer.people import personas
from orchestration.explorer.reading import Marts, Table, opened
from orchestration.explorer.slices import SLICES
from orchestration.explorer.summaries import summaries, totals

EXPLORER_NAME = "explorer.html"
# In the order in which they build on one another.
_SCRIPTS = (
    "format.js",
    "marts.js",
    "state.js",
    "table.js",
    "chart.js",
    "overview.js",
    "segments.js",
    "persona.js",
    "sizes.js",
    "flow.js",
    "movement.js",
    "results.js",
    "scorecard.js",
    "models.js",
    "treatments.js",
    "experiments.js",
    "backtest.js",
    "demand.js",
    "quality.js",
    "page.js",
)
_PLACE = re.compile(r"<!--([a-z]+)-->")


def write_explorer(folder: Path, about: About) -> Path:
    """Write the explorer of a version beside its marts.

    Args:
        folder: The version's folder.
        about: What no mart says.

    Returns:
        The file.

    Raises:
        TesseraError: The marts cannot be read, or one without which there is no page is missing.
    """
    path = folder / EXPLORER_NAME
    path.write_text(explorer_html(folder, about), encoding="utf-8")
    return path


def explorer_html(folder: Path, about: About) -> str:
    """The text of the page; the same marts give the same text.

    Args:
        folder: The version's folder.
        about: What no mart says.

    Raises:
        TesseraError: As ``write_explorer``.
    """
    with opened(folder) as marts:
        content = _content(marts, about)
    parts = files(__package__)
    code = "\n".join((parts / "script" / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    scripts = {"vega": vega_script(), "code": f'(function(){{\n"use strict";\n{code}\n}})();'}
    filled = {
        "title": escape(f"{about.company}: segments of {content['about']['as_of_date']}"),
        "policy": _policy(scripts),
        "style": (parts / "style.css").read_text(encoding="utf-8"),
        "data": script_json(content),
        **scripts,
    }
    template = (parts / "template.html").read_text(encoding="utf-8")
    # In one pass, so that no part is looked for inside another.
    return _PLACE.sub(lambda place: filled[place[1]], template)


def _content(marts: Marts, about: About) -> dict[str, Any]:
    tables: dict[str, Table] = {}
    absent: dict[str, str] = {}
    for part in SLICES:
        found = marts.read(part)
        if isinstance(found, str):
            absent[part.mart] = found
            if part.is_required:
                raise _without(part.mart, found)
        else:
            tables[part.mart] = found
    tables |= summaries(marts, smallest=about.minimum_cell_customers)
    dates = [row["as_of_date"] for row in tables["segment_profiles"].records() if row["is_current"]]
    if not dates:
        raise _without("segment_profiles", "it has no current segment")
    return {
        "about": {**asdict(about), "as_of_date": max(dates)},
        "totals": {name: asdict(total) for name, total in totals(marts).items()},
        "tables": {name: columnar(table) for name, table in tables.items()},
        "personas": personas(tables),
        "absent": absent,
    }


def _without(mart: str, why: str) -> TesseraError:
    return TesseraError(
        f"{mart}: without this mart there is nothing to explore",
        expected="a mart with at least one row of the night",
        found=why,
        fix="publish again: tessera run",
    )


def _policy(scripts: Mapping[str, str]) -> str:
    """The page's content security policy: these scripts and no other, and nothing from anywhere."""
    digests = [base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() for text in scripts.values()]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
