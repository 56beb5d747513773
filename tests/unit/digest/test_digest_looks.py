"""No text of a mart becomes more than text, in Markdown, in HTML, in a chat."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.digest.compose import digest_of
from orchestration.digest.content import Chapter, Digest, Line, line, one_line
from orchestration.digest.markdown import as_markdown, escaped
from orchestration.digest.numbers import Numbers
from orchestration.digest.page import as_html
from orchestration.digest.plain import as_text
from tests.support import digested, explored
from tests.support.digested import ABOUT, edition

ANY = st.text(max_size=80)
# What begins something somewhere is rare among all signs.
LIKELY = st.text(alphabet="<>&\"'`*_[]()#!|~-+.:/\\@={}$^\n\r\t\u2028\u202e1a ", max_size=60)


class Parsed(HTMLParser):
    """The elements, their attributes and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def digest(text: str, command: str | None = None) -> Digest:
    told = line(text, command=command)
    return Digest(one_line(text, 60), (one_line(text, 60),) * 2, (Chapter(told.text, (told, told), more=3),), told.text)


def unescaped(markdown: str) -> str:
    """What a reader of Markdown sees: a backslash before a sign of ASCII is taken away (CommonMark, 2.4)."""
    signs, shown, place = set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"), "", 0
    while place < len(markdown):
        if markdown[place] == "\\" and markdown[place + 1 : place + 2] in signs:
            place += 1
        shown += markdown[place]
        place += 1
    return shown


@given(ANY | LIKELY)
def test_a_line_is_one_line_of_visible_signs(text: str) -> None:
    shown = one_line(text, 50)
    assert len(shown) <= 50
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in shown)
    assert one_line(shown, 50) == shown


@given(ANY | LIKELY)
def test_html_has_the_same_elements_whatever_the_text_and_shows_the_text(text: str) -> None:
    found, usual = Parsed(as_html(digest(text, command=text))), Parsed(as_html(digest("x", command="x")))
    assert found.elements == usual.elements
    assert found.attributes == usual.attributes
    assert one_line(text, 60) in found.text


@given(ANY | LIKELY)
def test_markdown_shows_the_text_and_nothing_in_it_begins_anything(text: str) -> None:
    shown = one_line(text, 200)
    written = escaped(shown)
    assert unescaped(written) == shown
    place = 0
    while place < len(written):
        if written[place] == "\\":
            place += 2
            continue
        assert written[place] not in "`*_{}[]<>#|~!&$@^="
        assert not (place == 0 and written[place] in "-+")
        place += 1


@given(ANY | LIKELY)
def test_markdown_and_text_have_the_same_lines_whatever_the_text(text: str) -> None:
    for render in (as_markdown, as_text):
        assert len(render(digest(text)).splitlines()) == len(render(digest("x")).splitlines())


@given(st.text(alphabet="`a \n", min_size=1, max_size=30))
def test_a_command_stays_in_its_code_span(command: str) -> None:
    told = as_markdown(Digest("t", ("h", "h"), (Chapter("c", (Line("text", command=command),)),), "e"))
    (item,) = [row for row in told.splitlines() if row.startswith("- text")]
    span = item.removeprefix("- text ")
    fence = len(span) - len(span.lstrip("`"))
    inner = span[fence:-fence]
    longest = max((len(run) for run in inner.replace(" ", "a").split("a")), default=0)
    assert span.endswith("`" * fence)
    assert longest < fence or not inner.strip()


@pytest.mark.parametrize("text", ["1. one", "12) x", "- x", "+ x", "# x", "http://x.y", "www.x.y", "> x", "a\n\n# b"])
def test_what_begins_a_list_a_title_or_a_link_does_not(text: str) -> None:
    shown = one_line(text, 100)
    assert escaped(shown) != shown
    assert unescaped(escaped(shown)) == shown


def test_hostile_names_are_text_everywhere(tmp_path: Path) -> None:
    written = digested.write(tmp_path, change=explored.with_hostile_names)
    told = digest_of(edition(written), None, ABOUT)
    page = Parsed(as_html(told))
    assert {"script", "img", "a", "link", "iframe"} & set(page.elements) == set()
    assert not any(name.startswith("on") for name in page.attributes)
    assert "<script" not in as_html(told).lower().replace("&lt;script", "")
    assert "\u202e" not in as_html(told) + as_markdown(told) + as_text(told)
    assert "\\<script\\>" in as_markdown(told)


def test_the_page_asks_for_nothing_and_has_styles_at_its_elements_only(tmp_path: Path) -> None:
    html = as_html(digest_of(edition(digested.write(tmp_path)), None, ABOUT))
    found = Parsed(html)
    assert not {"script", "style", "link", "img", "iframe", "a", "form"} & set(found.elements)
    assert not {"src", "href", "background", "class", "id"} & found.attributes
    assert "url(" not in html
    assert "default-src 'none'" in html
    # Gmail cuts a mail that is longer than 102 kB.
    assert len(html.encode()) < 30_000


@pytest.mark.parametrize(
    ("value", "count", "share", "money"),
    [
        (0.0, "0", "0%", "€0.00"),
        (0.05, "0", "5%", "€0.05"),
        (0.0549, "0", "5.5%", "€0.05"),
        (0.125, "0", "13%", "€0.13"),
        (2.5, "3", "250%", "€2.50"),
        (99.994, "100", "9,999%", "€99.99"),
        (1234.5, "1,235", "123,450%", "€1,235"),
        (-0.001, "0", "-0.1%", "€0.00"),
        (-1234.4, "-1,234", "-123,440%", "-€1,234"),
    ],
)
def test_numbers_are_written_as_the_explorer_writes_them(value: float, count: str, share: str, money: str) -> None:
    numbers = Numbers("en-GB", "EUR")
    assert (numbers.count(value), numbers.share(value), numbers.money(value)) == (count, share, money)


def test_large_amounts_are_short_and_what_is_not_known_is_a_dash() -> None:
    numbers = Numbers("en-GB", "EUR")
    assert numbers.money(7_127_955.28) == "€7.13M"
    assert Numbers("de-DE", "EUR").money(7_127_955.28) == "7,13\u00a0Mio.\u00a0€"
    assert {
        numbers.count(None),
        numbers.share(None),
        numbers.money(None),
        numbers.number(None),
        numbers.date(None),
    } == {"\u2013"}
