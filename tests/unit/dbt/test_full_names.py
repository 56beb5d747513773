"""Full names taken apart."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = (
    st.text() | st.text("aVn ,.") | st.lists(st.sampled_from(["Anna", "van", "Dr.", ",", "Berg", "jr"])).map(" ".join)
)


@pytest.mark.parametrize(
    ("written", "given_name", "family_name"),
    [
        ("Anna Maria van den Berg", "Anna Maria", "van den Berg"),
        ("Berg, Anna", "Anna", "Berg"),
        ("van der Berg, Dr. Anna", "Anna", "van der Berg"),
        ("van den Berg", None, "van den Berg"),
        ("Berg", None, "Berg"),
        (" anna\u00a0  BERG ", "anna", "BERG"),
        ("Prof. Dr. med. Anna von der Leyen", "Anna", "von der Leyen"),
        ("Dr. rer. nat. Anna Berg", "Anna", "Berg"),
        ("Dr.-Ing. Max Muster", "Max", "Muster"),
        ("Dipl.-Ing. Max Muster", "Max", "Muster"),
        ("Max Muster, Dipl.-Ing.", "Max", "Muster"),
        ("Frau Dr. Anna Berg", "Anna", "Berg"),
        ("Herr Berg", None, "Berg"),
        ("Mme Curie", None, "Curie"),
        ("Anna Berg, PhD", "Anna", "Berg"),
        ("John Smith Jr.", "John", "Smith"),
        ("Piet van 't Hof", "Piet", "van 't Hof"),
        ("María de la Cruz", "María", "de la Cruz"),
        ("Maria dos Santos", "Maria", "dos Santos"),
        ("Ing Chang", "Ing", "Chang"),
        ("Missy Elliott", "Missy", "Elliott"),
        (", Anna", "Anna", None),
        ("Dr.", None, None),
        ("", None, None),
    ],
)
def test_both_parts(each, written, given_name, family_name) -> None:
    assert each("given_name_of", [written]) == [given_name]
    assert each("family_name_of", [written]) == [family_name]


@settings(max_examples=80, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=30))
def test_parts_of_any_text_are_parts_of_it_and_never_empty(each, texts) -> None:
    # Control characters part words, too.
    spaced = [
        " ".join("".join(" " if category(letter) == "Cc" else letter for letter in text).split()) for text in texts
    ]
    for macro in ("given_name_of", "family_name_of"):
        for text, part in zip(spaced, each(macro, texts), strict=True):
            assert part is None or (part == part.strip() != "" and part in text)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("aVn ,."), min_size=1, max_size=30))
def test_capitals_and_blanks_say_nothing(each, texts) -> None:
    spread = ["  " + text.upper().replace(" ", "   ") for text in texts]
    for macro in ("given_name_of", "family_name_of"):
        assert each(macro, spread) == [part and part.upper() for part in each(macro, texts)]
