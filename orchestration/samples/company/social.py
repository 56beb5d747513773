"""Who writes about the company in public, as a Brandwatch export and a table of known handles.

Belongs here: accounts, mentions, and the two files. Does not belong here: what customers think (people.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.samples.company.clock import DAY, local_text
from orchestration.samples.company.contact_points import ContactPoints
from orchestration.samples.company.crm_records import CrmRecords
from orchestration.samples.company.files import Fault, Output, faulty_rows
from orchestration.samples.company.kinds import KINDS
from orchestration.samples.company.lifetimes import Lifetimes
from orchestration.samples.company.people import People
from orchestration.samples.company.places import CITIES
from orchestration.samples.company.randomness import Floats, Ints, at_least_one, choose, stream
from orchestration.samples.company.text import Text, folded, join, numbers, occurrence, only, pick, when
from orchestration.samples.company.world import COUNTRIES, DAYS

MENTIONS, HANDLES = "brandwatch_mentions.csv", "social_handles.csv"
PLATFORMS = ("instagram", "x", "facebook", "forum")
_PAGE_TYPES = ("instagram", "twitter", "facebook", "forum")
_DOMAINS = ("instagram.com", "twitter.com", "facebook.com", "wohnforum.example")
_PLATFORM_WEIGHTS = (55, 18, 17, 10)
# Strangers per customer who writes, and how content they seem to be.
_STRANGERS, _STRANGER_MENTIONS, _STRANGER_FEELING = 0.9, 1.4, 6.3
_KNOWN_HANDLE, _TWO_QUERIES = 0.55, 0.04
_TOPICS = ("Delivery", "Quality", "Design", "Price", "Service", "New collection")
_TEXTS = (
    (
        "Third week without my order from @lindenandloom. Seriously?",
        "Die neue Kollektion von Linden & Loom ist leider lieblos verarbeitet.",
        "Linden & Loom raised prices again, not for me any more.", "Customer service of Linden and Loom: none.",
        "Naht nach zwei Wäschen auf. Linden & Loom, das könnt ihr besser.", "The table came scratched, again.",
    ),
    (
        "Anyone been to the Linden & Loom store in Berlin?", "Is the Fjord vase from Linden & Loom dishwasher safe?",
        "Linden & Loom hat jetzt auch Büromöbel.", "Looking for a pendant lamp, Linden & Loom or something else?",
        "New at Linden & Loom: garden benches.", "Wer hat Erfahrung mit Linden & Loom?",
    ),
    (
        "In love with my new lamp from @lindenandloom", "Linden & Loom Leinen ist einfach das beste.",
        "Corner of the day, thanks @lindenandloom",
        "Packed with so much care, thank you Linden & Loom!", "The new collection is stunning.",
        "Mein Sofa hat endlich die richtigen Kissen.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Accounts:
    """One entry per account.

    Attributes:
        owner: Position of the customer, -1 for strangers.
        platform: Position in ``PLATFORMS``.
        handle: As the platform shows it, without @.
        feeling: 0-10, from the owner's satisfaction.
        since: Day from which the owner has something to say.
        mentions: How often the account speaks of the company.
        followers: How many follow it.
        name: What the account shows.
        owner_id: The owner's name in the truth tables.
    """

    owner: Ints
    platform: Ints
    handle: Text
    feeling: Floats
    since: Floats
    mentions: Ints
    followers: Ints
    name: Text
    owner_id: Text


def draw_accounts(people: People, lifetimes: Lifetimes, seed: int) -> Accounts:
    """Draw the accounts of customers who write in public, and those of strangers."""
    draw = stream(seed, "social accounts")
    share = np.array([kind.social_share for kind in KINDS])[people.kind]
    could = lifetimes.acquired < DAYS - 30
    writers = np.flatnonzero(at_least_one(could & (draw.random(people.count) < share), could))
    strangers = round(len(writers) * _STRANGERS)
    owner = np.r_[writers, np.full(strangers, -1, np.int64)]
    rows = len(owner)
    # Strangers are called like customers, but are nobody of them.
    called = np.where(owner >= 0, owner, draw.integers(0, people.count, rows))
    first, last = folded(people.first.take(called)), folded(people.last.take(called))
    form = choose(draw, (30, 25, 20, 25), rows)
    handle = join(first, ".", last)
    word = pick(("home", "interior", "wohnt", "living", "diary", "haus"), draw.integers(0, 6, rows))
    for number, other in enumerate(
        (join(first, "_", word), join(word, ".", last), join(first, numbers(draw.integers(10, 99, rows)))), 1
    ):
        handle = when(form == number, other, handle)
    handle = pc.replace_substring(handle, "-", "")
    platform = choose(draw, _PLATFORM_WEIGHTS, rows)
    taken = occurrence(join(handle, numbers(platform)))
    handle = when(taken > 0, join(handle, numbers(taken + 1)), handle)
    mean = np.where(
        owner >= 0, np.array([kind.mentions for kind in KINDS])[people.kind[np.maximum(owner, 0)]], _STRANGER_MENTIONS
    )
    feeling = np.where(owner >= 0, people.satisfaction[np.maximum(owner, 0)], draw.normal(_STRANGER_FEELING, 2.2, rows))
    stranger_ids = join("X", numbers(np.arange(rows) - len(writers) + 1, width=7))
    return Accounts(
        owner=owner,
        platform=platform,
        handle=handle,
        feeling=np.clip(feeling, 0, 10),
        since=np.where(owner >= 0, np.maximum(lifetimes.acquired[np.maximum(owner, 0)], 0.0), 0.0),
        mentions=1 + draw.poisson(np.maximum(mean - 1, 0.1)),
        followers=np.round(draw.lognormal(5.4, 1.3, rows)).astype(np.int64),
        name=join(people.first.take(called), " ", people.last.take(called)),
        owner_id=when(owner >= 0, people.person_ids().take(np.maximum(owner, 0)), stranger_ids),
    )


def write_mentions(
    output: Output, people: People, points: ContactPoints, accounts: Accounts, seed: int
) -> tuple[Text, Ints]:
    """Write the export of mentions, by time; a few posts are found by two queries.

    Returns:
        The id of every mention, and the position of its account.
    """
    draw = stream(seed, "brandwatch")
    account = np.repeat(np.arange(len(accounts.owner)), accounts.mentions)
    rows = len(account)
    since = accounts.since[account]
    second = ((since + draw.random(rows) * (DAYS - since)) * DAY).astype(np.int64)
    order = np.argsort(second, kind="stable")
    account, second = account[order], second[order]
    twice = np.sort(np.r_[np.arange(rows), np.flatnonzero(draw.random(rows) < _TWO_QUERIES)])
    is_second = np.r_[False, twice[1:] == twice[:-1]]
    felt = accounts.feeling[account] + draw.normal(0, 1.6, rows)
    mood = np.where(felt < 5.0, 0, np.where(felt < 7.2, 1, 2))
    # Machines that read sentiment are wrong at times.
    read = np.where(draw.random(rows) < 0.1, draw.integers(0, 3, rows), mood)
    texts = [text for mood_texts in _TEXTS for text in mood_texts]
    text = pick(texts, mood * 6 + draw.integers(0, 6, rows))
    platform = accounts.platform[account]
    ids = numbers(170_000_000_000 + np.cumsum(draw.integers(1, 90_000, rows)))
    comment = draw.random(rows) < 0.2
    owner = np.maximum(accounts.owner[account], 0)
    tells_city = (draw.random(rows) < 0.4) & (accounts.owner[account] >= 0)
    address = points.before.city[owner]
    table = pa.table(
        {
            "date": local_text(second),
            "text": text,
            "url": join("https://www.", pick(_DOMAINS, platform), "/p/", ids),
            "domain": pick(_DOMAINS, platform),
            "sentiment": pick(("negative", "neutral", "positive"), read),
            "page": pick(_PAGE_TYPES, platform),
            "entry": when(comment, "comment", "post"),
            "engagement": only(comment, "COMMENT"),
            "topic": pick(_TOPICS, draw.integers(0, len(_TOPICS), rows)),
            "language": when(draw.random(rows) < 0.6, "de", "en"),
            "country": only(
                accounts.owner[account] >= 0, pick([land.name for land in COUNTRIES], people.country[owner])
            ),
            "city": only(tells_city, pick([city.name for city in CITIES], address)),
            "account": only(platform == 1, "individual"),
            "author": when(platform == 1, join("@", accounts.handle.take(account)), accounts.handle.take(account)),
            "name": accounts.name.take(account),
            "x_followers": pa.array(accounts.followers[account], mask=platform != 1),
            "instagram_followers": pa.array(accounts.followers[account], mask=platform != 0),
            "id": ids,
        }
    ).take(twice)
    table = table.append_column("query", pa.array(np.where(is_second, 2_001_418, 2_001_417)))
    made = (("Date", "31/02/2026", "not_a_timestamp"), ("Sentiment", "mixed", "not_in_list"))
    faults = [Fault(row, *made[number % 2]) for number, row in enumerate(faulty_rows(draw, table.num_rows))]
    output.write_csv(MENTIONS, table.combine_chunks(), _MENTION, faults)
    return ids, account


def write_handles(output: Output, points: ContactPoints, crm: CrmRecords, accounts: Accounts, seed: int) -> None:
    """Write the handles that customers have confirmed: some with their customer number, some with their e-mail."""
    draw = stream(seed, "social handles")
    known = accounts.owner >= 0
    rows = np.flatnonzero(at_least_one(known & (draw.random(len(known)) < _KNOWN_HANDLE), known))
    owner = accounts.owner[rows]
    contact = crm.first_contact[owner]
    by_number = (contact >= 0) & (draw.random(len(rows)) < 0.7)
    table = pa.table(
        {
            "platform": pick(PLATFORMS, accounts.platform[rows]),
            "author_handle": accounts.handle.take(rows),
            "customer_ref": only(by_number, join("hubspot:", crm.contact_id.take(np.maximum(contact, 0)))),
            "email": only(~by_number, points.email.take(owner)),
            "display_name": accounts.name.take(rows),
            "city": only(draw.random(len(rows)) < 0.3, pick([city.name for city in CITIES], points.before.city[owner])),
        }
    )
    faults = [Fault(row, "email", "see profile", "pattern_mismatch") for row in faulty_rows(draw, len(rows))]
    output.write_csv(HANDLES, table, {name: name for name in table.column_names}, faults)


_MENTION: dict[str, str] = {
    "Query Id": "query",
    "Query Name": "case query when 2001417 then 'Linden & Loom brand' else 'Home and living DACH' end",
    "Date": "date", "Title": "null", "Snippet": "text",
    "Full Text": "case when page = 'twitter' then null else text end", "Url": "url",
    "Domain": "domain", "Sentiment": "sentiment", "Page Type": "page", "Thread Entry Type": "entry",
    "Engagement Type": "engagement",
    "Category Details": "topic", "Language": "language", "Country": "country", "City": "city",
    "Account Type": "account",
    "Author": "author", "Full Name": "name", "X Followers": "x_followers", "Instagram Followers": "instagram_followers",
    "Resource Id": "id",
}  # fmt: skip
