"""Every link of the README and the guides leads somewhere, every picture is shown and small."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from orchestration.repository import ROOT
from scripts.docs_site import pages
from scripts.pages.links import anchors_of, links_of, with_links

PAGES = list(pages())
IMAGES = ROOT / "docs" / "images"
LARGEST_PICTURE = 500_000
PAGE = """# The title

A [link](a.md#part), `[no link](b.md)` and [one with `code`](c.md). ![A picture](p.png)

```sh
[no link](d.md)
# no heading
```

## Needs / benefits
### A [linked](e.md) part
"""


def below(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def wrong_links(page: Path) -> list[str]:
    """What is wrong with each link of a page that does not lead where it says."""
    found = []
    for link in links_of(text_of(page)):
        place = f"{below(page)}:{link.line}: {link.target}#{link.anchor}"
        if link.is_external:
            parts = urlsplit(link.target)
            if parts.scheme != "https" or "." not in parts.netloc or link.is_picture:
                found.append(f"{place} is no address of a page")
            continue
        target = (page.parent / link.target).resolve() if link.target else page
        if ROOT not in (target, *target.parents) or not target.exists():
            found.append(f"{place} leads to no file of the repository")
        elif target.is_dir() and not (target / "README.md").is_file():
            found.append(f"{place} leads to a folder that says nothing")
        elif link.anchor and Counter(anchors_of(text_of(target)))[link.anchor] != 1:
            found.append(f"{place} leads to no heading, or to one of several of that name")
    return found


def test_links_and_headings_are_found_outside_code() -> None:
    found = [(link.target, link.anchor, link.is_picture, link.line) for link in links_of(PAGE)]
    assert found == [
        ("a.md", "part", False, 3),
        ("c.md", "", False, 3),
        ("p.png", "", True, 3),
        ("e.md", "", False, 11),
    ]
    assert anchors_of(PAGE) == ["the-title", "needs--benefits", "a-linked-part"]


def test_links_are_changed_outside_code_only() -> None:
    changed = with_links(PAGE, lambda target: f"x/{target}")
    assert [link.target for link in links_of(changed)] == ["x/a.md", "x/c.md", "x/p.png", "x/e.md"]
    assert changed.replace("x/", "") == PAGE


@pytest.mark.parametrize("page", PAGES, ids=below)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert wrong_links(page) == []


@pytest.mark.parametrize(
    "link", ["gone.md", "operate.md#gone", "../../outside.md", "http://example.org", "https://nowhere", "../scripts"]
)
def test_a_link_that_leads_nowhere_is_found(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ROOT / "docs" / "extend.md"
    monkeypatch.setitem(globals(), "text_of", lambda path: f"[x]({link})" if path == page else path.read_text("utf-8"))
    assert len(wrong_links(page)) == 1


def test_pages_are_linked_in_markdown_and_not_in_html() -> None:
    assert [below(page) for page in PAGES if "<a href" in text_of(page) or "<img" in text_of(page)] == []


def test_every_picture_is_shown_and_small() -> None:
    shown = {(page.parent / link.target).resolve() for page in PAGES for link in links_of(text_of(page))}
    there = set(IMAGES.iterdir())
    assert there
    assert there - shown == set(), "no page shows them"
    assert {below(path): path.stat().st_size for path in there if path.stat().st_size > LARGEST_PICTURE} == {}
