"""Write the generated pages out of catalogues, contracts, models and their YAML, or say that they are stale.

Belongs here: which pages there are, writing them, the command line. Does not belong here: the text of the pages
(``pages``).

    python -m scripts.scheme_pages            write them
    python -m scripts.scheme_pages --check    exit with 1 when one of them is not up to date
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestration.errors import TesseraError
from orchestration.repository import DBT_PROJECT, ROOT
from scripts.pages.adr_index import adr_index
from scripts.pages.catalogue import read_schemes
from scripts.pages.dbt_yml import read_dbt_yml, read_layers
from scripts.pages.feature_page import feature_page
from scripts.pages.glossary_page import glossary_page, read_results, read_terms
from scripts.pages.mart_pages import column_page, mart_index, mart_page
from scripts.pages.marts import read_marts
from scripts.pages.model_page import LAYERS, model_page
from scripts.pages.scheme_index import scheme_index
from scripts.pages.scheme_inputs import SchemeModels
from scripts.pages.scheme_page import scheme_page
from scripts.pages.threshold_texts import read_thresholds

DOCS = ROOT / "docs"
CONTRACTS = ROOT / "data_contracts" / "outbound"
SCHEME_PAGES = DOCS / "schemes"
MART_PAGES = DOCS / "marts"
FEATURE_PAGE = DOCS / "features.md"
# Folders in which every page is generated.
FOLDERS = (SCHEME_PAGES, MART_PAGES)
DECISIONS = DOCS / "adr"


def rendered_pages() -> dict[Path, str]:
    """The text of every generated page, by its path.

    Raises:
        TesseraError: A scheme, a model or a word lacks something that its page tells.
    """
    schemes = read_schemes(DBT_PROJECT / "seeds")
    described = read_dbt_yml(DBT_PROJECT)
    thresholds = read_thresholds()
    models = SchemeModels(DBT_PROJECT)
    marts = read_marts(CONTRACTS)
    pages = {
        FEATURE_PAGE: feature_page(described),
        DOCS / "columns.md": column_page(marts),
        DOCS / "models.md": model_page(read_layers(DBT_PROJECT, LAYERS)),
        DOCS / "glossary.md": glossary_page(
            read_terms(DOCS / "terms.yml"), schemes, read_results(DBT_PROJECT / "seeds" / "kpi_catalog.csv"), thresholds
        ),
        DECISIONS / "README.md": adr_index(DECISIONS),
        SCHEME_PAGES / "README.md": scheme_index(schemes),
        MART_PAGES / "README.md": mart_index(marts),
        **{MART_PAGES / f"{mart.name}.md": mart_page(mart) for mart in marts},
    }
    for scheme in schemes:
        inputs = models.inputs_of(scheme, described, thresholds)
        pages[SCHEME_PAGES / f"{scheme.code}.md"] = scheme_page(scheme, inputs, described, thresholds)
    return pages


def stale_pages(pages: dict[Path, str]) -> list[Path]:
    """Pages that are missing or differ, and those of schemes and marts that are no more."""
    wrong = [path for path, text in pages.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    gone = [path for folder in FOLDERS for path in folder.glob("*.md") if path not in pages]
    return sorted([*wrong, *gone])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.scheme_pages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which pages are stale")
    chosen = parser.parse_args(arguments)
    try:
        pages = rendered_pages()
    except TesseraError as error:
        print(error, file=sys.stderr)
        return 2
    stale = stale_pages(pages)
    for path in stale:
        name = path.relative_to(ROOT).as_posix()
        if chosen.check:
            print(
                f"{name}: it is stale\n  expected: the text rendered from its sources\n"
                "  found:    another text, no file, or a page of nothing that is there\n"
                "  to do:    make render, and commit the result",
                file=sys.stderr,
            )
        elif path in pages:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[path], encoding="utf-8")
            print(f"written: {name}")
        else:
            path.unlink()
            print(f"removed: {name}")
    if not stale:
        print("every page is up to date")
    return 1 if chosen.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
