"""E-mail addresses that reach one mailbox, and what is no address."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ADDRESS = re.compile(r"[^@\s]+@[^@.\s]+(\.[^@.\s]+)+")
TEXTS = st.lists(st.text() | st.text("aB.+@ ") | st.emails(), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (" Anna.Berg+news@Gmail.com\t", "annaberg@gmail.com"),
        ("anna.berg@googlemail.com", "annaberg@gmail.com"),
        ("anna.berg+news@web.de", "anna.berg@web.de"),
        ("\u00a0anna@web.de", "anna@web.de"),
        ("+49176@sms.example.com", "+49176@sms.example.com"),
        ("+49176@gmail.com", None),
        ("...@gmail.com", None),
        ("anna@localhost", None),
        ("anna@web..de", None),
        ("anna@@web.de", None),
        ("anna@web.de@web.de", None),
        ("anna berg@web.de", None),
        ("@web.de", None),
        ("anna", None),
        ("", None),
    ],
)
def test_one_mailbox_one_key(each, written, expected) -> None:
    assert each("mailbox_key", [written]) == [expected]


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_any_text_is_an_address_or_null_and_keys_stay_what_they_are(each, texts) -> None:
    found = each("mailbox_key", texts)
    assert all(value is None or ADDRESS.fullmatch(value) for value in found)
    assert each("mailbox_key", found) == found


@settings(max_examples=40, deadline=None)
@given(st.lists(st.emails(), min_size=1, max_size=30))
def test_capitals_and_blanks_around_say_nothing(each, texts) -> None:
    assert each("mailbox_key", [f" {text.upper()} " for text in texts]) == each("mailbox_key", texts)
