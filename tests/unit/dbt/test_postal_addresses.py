"""Streets, house numbers, postal codes and countries as people write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

STREETS = st.text() | st.text("aStr. 12,/-")


@pytest.mark.parametrize(
    ("written", "street", "number"),
    [
        ("Hauptstr. 5", "hauptstrasse", "5"),
        ("Hauptstraße 5a", "hauptstrasse", "5a"),
        ("Haupt Strasse 5 A", "hauptstrasse", "5a"),
        ("HAUPTSTRASSE 12-14", "hauptstrasse", "12"),
        ("Goethe-Straße 7", "goethestrasse", "7"),
        ("Berliner Str.12", "berlinerstrasse", "12"),
        ("Straße des 17. Juni 135", "strasse des 17 juni", "135"),
        ("Sankt-Martin-Straße 3", "saint martinstrasse", "3"),
        ("St.-Martin-Str. 3", "saint martinstrasse", "3"),
        ("Marktpl. 1", "marktplatz", "1"),
        ("Am Ring 5 Top 12", "am ring", "5"),
        ("Hauptstraße 12/3/4", "hauptstrasse", "12"),
        ("12 High St", "high street", "12"),
        ("St James Rd 12", "saint james road", "12"),
        ("221B Baker Street", "baker street", "221b"),
        ("No. 10 Downing St", "downing street", "10"),
        ("Flat 4, 12 High Street", "high street", "12"),
        ("2nd floor, 12 High Street", "high street", "12"),
        ("12 Main St Apt 5B", "main street", "12"),
        ("12 Main St #5", "main street", "12"),
        ("10 5th Ave", "5th avenue", "10"),
        ("12 bis, r. de la Paix", "rue de la paix", "12bis"),
        ("12 B rue Victor Hugo", "rue victor hugo", "12b"),
        ("Keizersgracht 123-II", "keizersgracht", "123"),
        ("Herengracht 5 hs", "herengracht", "5"),
        ("Kerkstraat 5 bus 3", "kerkstraat", "5"),
        ("C/ Mayor, 5, 3º B", "calle mayor", "5"),
        ("Via Roma, 12", "via roma", "12"),
        ("ul. Marszałkowska 10/12 m. 5", "marszalkowska", "10"),
        ("Strada Unirii nr. 5, bl. 3, ap. 12", "strada unirii", "5"),
        ("Unter den Linden", "unter den linden", None),
        ("Rue Ma Campagne 4", "rue ma campagne", "4"),
        ("12", None, "12"),
        (" ", None, None),
    ],
)
def test_streets(each, written, street, number) -> None:
    assert each("street_key", [written]) == [street]
    assert each("house_number", [written]) == [number]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("D-80331", "80331"),
        ("d 80331", "80331"),
        ("CH - 8001", "8001"),
        ("A-1010", "1010"),
        ("NL-1012 AB", "1012AB"),
        ("'01234", "01234"),
        ("sw1a 1aa", "SW1A1AA"),
        ("K1A-0B1", "K1A0B1"),
        ("AD500", "AD500"),
        ("12345-6789", "123456789"),
        (" - ", None),
        ("", None),
    ],
)
def test_postal_codes(each, written, expected) -> None:
    assert each("postal_key", [written]) == [expected]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("U.S.A.", "usa"),
        ("The Netherlands", "netherlands"),
        ("Österreich", "oesterreich"),
        ("Bosnia & Herzegovina", "bosnia herzegovina"),
        ("日本", "日本"),
        (" uk ", "uk"),
        ("?", None),
    ],
)
def test_countries(each, written, expected) -> None:
    assert each("country_key", [written]) == [expected]


@settings(max_examples=80, deadline=None)
@given(st.lists(STREETS, min_size=1, max_size=30))
def test_any_text_has_keys_of_their_pattern_or_null(each, texts) -> None:
    words = re.compile(r"[^\s_]+( [^\s_]+)*")
    for macro in ("street_key", "country_key"):
        assert all(value is None or words.fullmatch(value) for value in each(macro, texts)), macro
    numbers = re.compile(r"[0-9]+(bis|ter|quater|[a-z])?")
    assert all(value is None or numbers.fullmatch(value) for value in each("house_number", texts))
    codes = each("postal_key", texts)
    assert all(value is None or re.fullmatch(r"[^\s'_-]+", value) for value in codes)
    assert each("postal_key", codes) == codes


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("abcrst. 12,/-"), min_size=1, max_size=30))
def test_capitals_and_blanks_around_say_nothing(each, texts) -> None:
    for macro in ("street_key", "house_number", "postal_key", "country_key"):
        assert each(macro, [f" {text.upper()} " for text in texts]) == each(macro, texts), macro
