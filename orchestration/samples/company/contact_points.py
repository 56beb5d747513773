"""How customers can be reached: addresses, moves, telephones and e-mail addresses.

Belongs here: the true contact points and their true variants. Does not belong here: how a system writes them down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.samples.company.businesses import Businesses
from orchestration.samples.company.people import People
from orchestration.samples.company.places import CITIES, STREETS, STREETS_OF
from orchestration.samples.company.randomness import Floats, Ints, choose, choose_by_row, stream
from orchestration.samples.company.text import Text, folded, join, numbers, occurrence, only, pick, when
from orchestration.samples.company.world import COUNTRIES, DAYS

# Reserved names (RFC 2606), so that no address can be somebody's.
_MAIL_DOMAINS = (
    "webpost.example",
    "mailbox.example",
    "gmail.example",
    "posteingang.example",
    "icloud.example",
    "courriel.example",
)
_MAIL_WEIGHTS = (30, 16, 28, 12, 9, 5)
_MOVES, _SECOND_EMAIL = 0.07, 0.13
_MOBILE_PREFIXES = ("151", "160", "170", "172", "176", "179")


@dataclass(frozen=True)
class Addresses:
    """Postal addresses; ``city`` is the position in ``CITIES``."""

    city: Ints
    street: Text
    postal_code: Text

    def take(self, rows: Ints) -> Addresses:
        """The addresses at these positions."""
        return Addresses(self.city[rows], self.street.take(rows), self.postal_code.take(rows))


@dataclass(frozen=True)
class ContactPoints:
    """One entry per customer.

    Attributes:
        before, after: The address before and after the move; the same for those who stay.
        moved_on: Day of the move since the period began; a day after the period for those who stay.
        phone: National number without its leading zero, digits only.
        email: The address most used.
        second_email: Another address of the same customer, or none.
    """

    before: Addresses
    after: Addresses
    moved_on: Floats
    phone: Text
    email: Text
    second_email: Text


def draw_contact_points(people: People, businesses: Businesses, seed: int) -> ContactPoints:
    """Draw where everyone lives and how they are reached; households share it."""
    draw = stream(seed, "contact points")
    home = np.where(people.second_in >= 0, people.second_in, np.arange(people.count))
    # Everyone of one company has the company's seat.
    home = np.where(businesses.of_person >= 0, businesses.first_person[businesses.of_person], home)
    before = _addresses(draw, people.country).take(home)
    moves = ((draw.random(people.count) < _MOVES) & ~people.business)[home]
    after_all = _addresses(draw, people.country).take(home)
    move = pa.array(moves)
    after = Addresses(
        np.where(moves, after_all.city, before.city),
        pc.if_else(move, after_all.street, before.street),
        pc.if_else(move, after_all.postal_code, before.postal_code),
    )
    moved_on = np.where(moves, draw.uniform(30, DAYS - 30, people.count)[home], DAYS + 1.0)
    phone = join(
        pick(_MOBILE_PREFIXES, draw.integers(0, len(_MOBILE_PREFIXES), people.count)), _digits(draw, people.count, 8)
    )
    own_phone = np.where(people.shares_phone, people.second_in, np.arange(people.count))
    email, second = _emails(draw, people, businesses)
    return ContactPoints(before, after, moved_on, phone.take(own_phone), email, second)


def _addresses(draw: np.random.Generator, country: Ints) -> Addresses:
    weights = np.array([[city.weight * (city.country == country.code) for city in CITIES] for country in COUNTRIES])
    city = choose_by_row(draw, weights, country)
    streets: list[str] = []
    street = np.empty(len(country), np.int64)
    for number, land in enumerate(COUNTRIES):
        rows = np.flatnonzero(country == number)
        names = STREETS[STREETS_OF[land.code]]
        street[rows] = len(streets) + draw.integers(0, len(names), len(rows))
        streets += names
    house = numbers(1 + draw.gamma(1.3, 22, len(country)).astype(np.int64))
    house = join(house, pick(("", "a", "b", "c"), choose(draw, (86, 7, 5, 2), len(country))))
    # French and British addresses begin with the number.
    number_first = np.array([land.code in ("FR", "GB") for land in COUNTRIES])[country]
    named = pick(streets, street)
    written = when(number_first, join(house, " ", named), join(named, " ", house))
    return Addresses(city, written, _postal_codes(draw, city))


def _postal_codes(draw: np.random.Generator, city: Ints) -> Text:
    """Fill the signs of each city's pattern; every place of the text is drawn for all rows at once."""
    patterns = [place.postal for place in CITIES]
    width = max(map(len, patterns))
    digits, letters = "0123456789", "ABDEFGHJLNPRSTUWXYZ"
    written = pa.repeat(pa.scalar("", pa.string()), len(city))
    for at in range(width):
        signs = [pattern[at] if at < len(pattern) else "" for pattern in patterns]
        given = pick(signs, city)
        digit = pick(tuple(digits), draw.integers(0, 10, len(city)))
        letter = pick(tuple(letters), draw.integers(0, len(letters), len(city)))
        is_digit = np.array([sign == "#" for sign in signs])[city]
        is_letter = np.array([sign == "@" for sign in signs])[city]
        written = join(written, when(is_digit, digit, when(is_letter, letter, given)))
    return written


def _digits(draw: np.random.Generator, rows: int, count: int) -> Text:
    return numbers(draw.integers(0, 10**count, rows), width=count)


def _emails(draw: np.random.Generator, people: People, businesses: Businesses) -> tuple[Text, Text]:
    rows = people.count
    first, last = folded(people.first), folded(people.last)
    initial = pc.utf8_slice_codeunits(first, 0, 1)
    form = choose(draw, (46, 18, 14, 12, 10), rows)
    year = numbers((1970 + people.birth_day // 365.25).astype(np.int64) % 100, width=2)
    local = join(first, ".", last)
    for number, other in enumerate(
        (join(initial, ".", last), join(first, last), join(first, year), join(last, ".", first)), 1
    ):
        local = when(form == number, other, local)
    domain = pick(_MAIL_DOMAINS, choose(draw, _MAIL_WEIGHTS, rows))
    domain = when(people.business, pick(businesses.domain, businesses.of_person), domain)
    email = _distinct(local, domain)
    second = _distinct(join(initial, last, "_", year), pick(_MAIL_DOMAINS, choose(draw, _MAIL_WEIGHTS, rows)))
    has_second = (draw.random(rows) < _SECOND_EMAIL) & ~people.business & ~people.shares_email
    owner = np.where(people.shares_email, people.second_in, np.arange(rows))
    return email.take(owner), only(has_second, second)


def _distinct(local: Text, domain: Text) -> Text:
    """Number addresses that somebody already has, as every mail provider does."""
    taken = occurrence(join(local, "@", domain))
    return join(when(taken > 0, join(local, numbers(taken + 1)), local), "@", domain)
