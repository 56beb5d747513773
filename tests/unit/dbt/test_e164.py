"""Telephone numbers: what people write, and what Google's library makes of its own examples."""

from __future__ import annotations

import re
from collections.abc import Callable

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, format_number

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
EXAMPLES = [
    (region, number)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
    if (number := phonenumbers.example_number_for_type(region, kind))
]


def e164(number: PhoneNumber) -> str:
    return format_number(number, PhoneNumberFormat.E164)


INTERNATIONAL: dict[str, Callable[[PhoneNumber], str]] = {
    "international": lambda number: format_number(number, PhoneNumberFormat.INTERNATIONAL),
    "e164": e164,
    "link": lambda number: format_number(number, PhoneNumberFormat.RFC3966),
    "00": lambda number: "00" + e164(number)[1:],
}
# Argentina writes 15 into the middle of a mobile number within the country and a 9 in front of it from abroad.
NATIONAL_UNREAD = {"AR"}
# Digits that could as well be a national number: no longer than a usual one.
LOST_PLUS_UNREAD = {"DE", "KI", "KR", "NU", "SE"}


def differing(numbers, write: Callable[[PhoneNumber], str], *, country_known: bool) -> set[str]:
    found = numbers([(region if country_known else None, write(number)) for region, number in EXAMPLES])
    pairs = zip(found, EXAMPLES, strict=True)
    return {region for value, (region, number) in pairs if value != e164(number)}


class TestAgainstTheLibrary:
    def test_there_are_examples_of_nearly_every_region(self) -> None:
        assert len({region for region, _ in EXAMPLES}) >= 240

    @pytest.mark.parametrize("country_known", [True, False])
    @pytest.mark.parametrize("notation", INTERNATIONAL)
    def test_every_international_notation_of_every_region(self, numbers, notation, country_known) -> None:
        assert differing(numbers, INTERNATIONAL[notation], country_known=country_known) == set()

    def test_national_notations(self, numbers) -> None:
        def national(number: PhoneNumber) -> str:
            return format_number(number, PhoneNumberFormat.NATIONAL)

        assert differing(numbers, national, country_known=True) == NATIONAL_UNREAD

    def test_national_numbers_without_their_trunk_prefix(self, numbers) -> None:
        assert differing(numbers, phonenumbers.national_significant_number, country_known=True) == set()

    def test_international_numbers_that_lost_their_plus(self, numbers) -> None:
        assert differing(numbers, lambda number: e164(number)[1:], country_known=True) == LOST_PLUS_UNREAD

    def test_national_numbers_of_nowhere_are_none(self, numbers) -> None:
        found = numbers([(None, phonenumbers.national_significant_number(number)) for _, number in EXAMPLES])
        assert set(found) == {None}


@pytest.mark.parametrize(
    ("country", "written", "expected"),
    [
        ("DE", "+49 (0)176 1234567", "+491761234567"),
        (None, "+49 (0)176 1234567", "+491761234567"),
        ("US", "+49 (0)176 1234567", "+491761234567"),
        ("DE", "+49 0176 1234567", "+491761234567"),
        ("DE", "(+49) 176 1234567", "+491761234567"),
        ("DE", "++49 176 1234567", "+491761234567"),
        ("DE", "+0049 176 1234567", "+491761234567"),
        ("FR", "0033 (0)6 12 34 56 78", "+33612345678"),
        ("FR", "+33 (0) 6 12 34 56 78", "+33612345678"),
        ("DE", "0176/1234567", "+491761234567"),
        ("DE", "0176 1234567 oder 030 123456", "+491761234567"),
        ("US", "1-212-555-1234 ext. 12", "+12125551234"),
        ("US", "(212) 555-1234", "+12125551234"),
        ("DE", "4917612345678", "+4917612345678"),
        ("DE", "17612345678", "+4917612345678"),
        ("GB", "447911123456", "+447911123456"),
        ("IT", "06 698 12345", "+390669812345"),
        ("IT", "+39 (0)6 698 12345", "+390669812345"),
        (None, "+39 (0)6 698 12345", "+390669812345"),
        ("IT", "393331234567", "+393331234567"),
        ("RU", "8 912 345-67-89", "+79123456789"),
        ("RU", "800 123-45-67", "+78001234567"),
        ("HU", "06 20 123 4567", "+36201234567"),
        ("HU", "+36 (06) 20 123 4567", "+36201234567"),
        ("DE", "0000000000", None),
        ("DE", "+49 1111111", None),
        ("DE", "0176 12", None),
        ("DE", "12345", None),
        ("DE", "+49 1761 2345 6789 0123 4", None),
        ("US", "1-800-FLOWERS", None),
        (None, "0176 1234567", None),
        ("DE", "unknown", None),
        ("DE", "", None),
    ],
)
def test_notations_of_people(numbers, country, written, expected) -> None:
    assert numbers([(country, written)]) == [expected]


@settings(max_examples=60, deadline=None)
@given(
    country=st.sampled_from([None, "DE", "IT", "US", "RU", "FR", "HU"]),
    texts=st.lists(st.text() | st.text("+0123456789 ()-/.x"), min_size=1, max_size=30),
)
def test_any_text_is_a_number_or_null_and_a_number_stays_what_it_is(numbers, country, texts) -> None:
    found = numbers([(country, text) for text in texts])
    assert all(value is None or E164.fullmatch(value) for value in found)
    kept = [value for value in found if value is not None]
    assert numbers([(None, value) for value in kept]) == kept


def test_blanks_and_separators_say_nothing(numbers) -> None:
    written = [e164(number) for _, number in EXAMPLES]
    spread = [" ".join(value) + " " for value in written]
    assert numbers([(None, value) for value in spread]) == written
