"""What customers truly need, and how they answer when asked.

Belongs here: classes of needs, the survey's items, and everybody's answers. Does not belong here: who answers, and how
Typeform gives it (typeform.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.samples.company.kinds import KINDS
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Floats, Ints, choose_by_row, stream

CONSTRUCTS = ("price", "style", "novelty", "convenience", "sustainability", "quality", "gifting", "service")
# One class per kind, in the order of KINDS, with the mean agreement (1-5) to each construct.
CLASSES = {
    "price_value": (4.5, 2.6, 2.2, 3.5, 2.6, 2.9, 2.8, 2.9),
    "curated_home": (2.2, 4.5, 3.4, 3.2, 3.7, 4.4, 3.2, 3.6),
    "thoughtful_gifts": (3.0, 3.7, 2.9, 3.8, 3.1, 3.7, 4.6, 3.6),
    "easy_everyday": (3.7, 2.7, 2.1, 4.5, 3.3, 3.7, 2.7, 3.4),
    "quick_setup": (3.4, 3.2, 2.4, 4.4, 2.4, 3.2, 1.8, 3.6),
    "design_novelty": (2.0, 4.4, 4.6, 2.9, 3.5, 4.0, 2.8, 2.8),
    "reliable_supply": (3.0, 2.8, 1.9, 4.2, 3.0, 4.2, 1.7, 4.7),
}
CLASS_NAMES = tuple(CLASSES)
_OWN_CLASS = 0.84


@dataclass(frozen=True)
class Item:
    """What the survey asks for a construct; a reversed statement measures the opposite of it."""

    code: str
    construct: str
    text: str
    reversed: bool = False


ITEMS = (
    Item("price_1", "price", "I compare prices before I buy something for my home."),
    Item("price_2", "price", "I wait for a sale rather than pay the full price."),
    Item("style_1", "style", "The things in my rooms have to go together."),
    Item("style_2", "style", "My home shows who I am."),
    Item("novelty_1", "novelty", "I like to be among the first with something new."),
    Item("convenience_1", "convenience", "Shopping for the home should take as little time as possible."),
    Item("convenience_2", "convenience", "I enjoy browsing for hours without a plan.", reversed=True),
    Item("sustainability_1", "sustainability", "I want to know where and how a thing was made."),
    Item("quality_1", "quality", "I would rather own one good thing than three cheap ones."),
    Item("gifting_1", "gifting", "I often look for something to give to others."),
    Item("service_1", "service", "I want a person I can call when something goes wrong."),
    Item("service_2", "service", "Delivery on the promised day matters to me."),
)
# What the survey asks besides, to choose from a list, with the construct that the choices tell.
REASON_QUESTION = Item("reason", "benefit", "What was the main reason for your last order?")
IDEAS_QUESTION = Item("ideas", "inspiration", "Where do you find ideas for your home?")
DELIVERY_QUESTION = Item("delivery", "delivery", "How would you like us to deliver?")
SATISFACTION_ITEM = Item("csat_last_order", "satisfaction", "How satisfied were you with your last order?")
REASONS = (
    "A good price",
    "It suits my style",
    "A present",
    "I need it for everyday life",
    "I have moved",
    "Something new",
    "For my business",
)
IDEAS = (
    "Instagram",
    "Pinterest",
    "Magazines",
    "Friends and family",
    "Your newsletter",
    "Your stores",
    "Price comparison sites",
)
# Mean share of each class that takes ideas from each place.
_IDEA_SHARES = np.array(
    (
        (0.25, 0.12, 0.10, 0.30, 0.55, 0.12, 0.70), (0.60, 0.62, 0.48, 0.35, 0.52, 0.34, 0.06),
        (0.30, 0.22, 0.20, 0.48, 0.35, 0.25, 0.15), (0.28, 0.24, 0.16, 0.50, 0.44, 0.28, 0.34),
        (0.32, 0.34, 0.14, 0.44, 0.18, 0.30, 0.38), (0.88, 0.58, 0.55, 0.22, 0.40, 0.20, 0.04),
        (0.14, 0.10, 0.22, 0.20, 0.42, 0.16, 0.26),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Needs:
    """One entry per customer.

    Attributes:
        needs_class: Position in ``CLASSES``.
        answers: What they answer to ``ITEMS`` (customers x items), 1-5.
        satisfied: What they answer to ``SATISFACTION_ITEM``, 1-5.
        reason: Position in ``REASONS``.
        ideas: Which of ``IDEAS`` they name (customers x ideas).
    """

    needs_class: Ints
    answers: Ints
    satisfied: Ints
    reason: Ints
    ideas: np.ndarray


def draw_needs(people: People, seed: int) -> Needs:
    """Draw the class of each customer, mostly the one of the kind, and the answers that follow from it."""
    draw = stream(seed, "needs")
    rows, classes = people.count, len(CLASSES)
    weights = np.full((len(KINDS), classes), (1 - _OWN_CLASS) / (classes - 1))
    np.fill_diagonal(weights, _OWN_CLASS)
    needs_class = choose_by_row(draw, weights, people.kind)
    means: Floats = np.array(list(CLASSES.values()))
    attitude = means[needs_class] + draw.normal(0, 0.4, (rows, len(CONSTRUCTS)))
    answers = np.empty((rows, len(ITEMS)), np.int64)
    for number, item in enumerate(ITEMS):
        meant = attitude[:, CONSTRUCTS.index(item.construct)]
        meant = 6 - meant if item.reversed else meant
        answers[:, number] = _marked(meant + people.leniency + draw.normal(0, 0.55, rows), 1, 5)
    satisfied = _marked(1 + people.satisfaction / 2.5 + people.leniency / 2 + draw.normal(0, 0.5, rows), 1, 5)
    reasons = np.full((classes, len(REASONS)), 0.4 / (len(REASONS) - 1))
    np.fill_diagonal(reasons, 0.6)
    return Needs(
        needs_class=needs_class,
        answers=answers,
        satisfied=satisfied,
        reason=choose_by_row(draw, reasons, needs_class),
        ideas=draw.random((rows, len(IDEAS))) < _IDEA_SHARES[needs_class],
    )


def _marked(meant: Floats, least: int, most: int) -> Ints:
    return np.clip(np.round(meant), least, most).astype(np.int64)
