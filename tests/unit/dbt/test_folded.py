"""Names that are compared: one spelling of what people write in several."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

LATIN = st.text("abcxyzäöüßéèçñøåæœłđ -'’.")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Müller-Lüdenscheidt", "mueller luedenscheidt"),
        ("Mu\u0308ller", "mueller"),
        ("MÜẞIG", "muessig"),
        ("Sørensen", "soerensen"),
        ("Sörensen", "soerensen"),
        ("Ǿrsted", "oersted"),
        ("Ægir Œuvre", "aegir oeuvre"),
        ("Łódź", "lodz"),
        ("Đorđević", "dordevic"),
        ("İstanbul IŞIK ışık", "istanbul isik isik"),
        ("O’Brien", "obrien"),
        ("O'Brien", "obrien"),
        ("  José   María ", "jose maria"),
        ("J.R. & Co.", "j r co"),
        ("An\u00adna\u200b", "anna"),
        ("ΑΛΕΞΗΣ Αλέξης", "αλεξησ αλεξησ"),
        ("Сергей Алёшин", "сергей алешин"),
        ("東京 が", "東京 が"),
        ("हिन्दी", "हिन्दी"),
        ("5th Avenue", "5th avenue"),
        ("0:\u0300 a", "0 a"),
        ("\u0300", None),
        (" -.- ", None),
        ("", None),
    ],
)
def test_spellings_of_one_name(each, written, expected) -> None:
    assert each("folded", [written]) == [expected]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=30))
def test_any_text_becomes_words_with_single_blanks_or_null_and_folding_again_changes_nothing(each, texts) -> None:
    found = each("folded", texts)
    assert all(value is None or re.fullmatch(r"[^\s_]+( [^\s_]+)*", value) for value in found)
    assert each("folded", found) == found


@settings(max_examples=60, deadline=None)
@given(st.lists(LATIN, min_size=1, max_size=30))
def test_capitals_and_blanks_around_say_nothing_and_latin_becomes_ascii(each, texts) -> None:
    found = each("folded", texts)
    assert each("folded", [f" {text.upper()} " for text in texts]) == found
    assert all(value is None or value.isascii() for value in found)
