"""What customers truly think about living, and how they answer when asked.

Belongs here: classes of attitudes, the survey's items, and everybody's answers. Does not belong here: who answers, and
how Typeform gives it (typeform_attitudes.py); needs, which are what they want of a shop (needs.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.samples.company.needs import Item
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Flags, Floats, Ints, choose_by_row, stream

# The night tells attitudes from needs by the beginning of the construct.
ATTITUDES = ("attitude_pride", "attitude_thrift", "attitude_nature", "attitude_ease", "attitude_company")
# Mean agreement (1-5) of each class to each attitude.
ATTITUDE_CLASSES = {
    "stage_setters": (4.2, 2.2, 2.9, 2.7, 3.9),
    "careful_planners": (2.7, 4.2, 3.1, 3.3, 2.5),
    "nature_minded": (3.3, 3.2, 4.2, 2.3, 3.1),
    "comfort_seekers": (2.6, 2.6, 2.2, 4.2, 3.4),
}
ATTITUDE_CLASS_NAMES = tuple(ATTITUDE_CLASSES)
ATTITUDE_ITEMS = (
    Item("att_pride_1", "attitude_pride", "I am proud when visitors look around in my home."),
    Item("att_pride_2", "attitude_pride", "A room is never finished; I keep changing it."),
    Item("att_pride_3", "attitude_pride", "I do not care much what my rooms look like.", reversed=True),
    Item("att_thrift_1", "attitude_thrift", "I know at any time what is left of the month's money."),
    Item("att_thrift_2", "attitude_thrift", "I repair things rather than replace them."),
    Item("att_thrift_3", "attitude_thrift", "I often buy things that I had not planned to buy.", reversed=True),
    Item("att_nature_1", "attitude_nature", "I choose materials that go back to nature."),
    Item("att_nature_2", "attitude_nature", "I would do without comfort for the climate."),
    Item("att_nature_3", "attitude_nature", "One household changes nothing for the environment.", reversed=True),
    Item("att_ease_1", "attitude_ease", "After work I want my peace and nothing else."),
    Item("att_ease_2", "attitude_ease", "I pay for whatever takes work at home off my hands."),
    Item("att_ease_3", "attitude_ease", "Housework does me good.", reversed=True),
    Item("att_company_1", "attitude_company", "I like a full house."),
    Item("att_company_2", "attitude_company", "I cook for others whenever I can."),
)
# Share of each class among each kind, in the order of KINDS: people are like their kind, more or less.
_BY_KIND = np.array(
    (
        (0.10, 0.55, 0.13, 0.22), (0.62, 0.08, 0.20, 0.10), (0.40, 0.20, 0.22, 0.18), (0.08, 0.30, 0.20, 0.42),
        (0.22, 0.22, 0.12, 0.44), (0.48, 0.06, 0.34, 0.12), (0.12, 0.44, 0.16, 0.28),
    )
)  # fmt: skip
_STRAIGHT_LINERS = 0.04


@dataclass(frozen=True)
class Attitudes:
    """One entry per customer.

    Attributes:
        attitude_class: Position in ``ATTITUDE_CLASSES``.
        answers: What they answer to ``ATTITUDE_ITEMS`` (customers x items), 1-5.
        straight_liner: Whether they tick one and the same place all the way down.
    """

    attitude_class: Ints
    answers: Ints
    straight_liner: Flags


def draw_attitudes(people: People, seed: int) -> Attitudes:
    """Draw the class of each customer, which goes with the kind, and the answers that follow from it."""
    draw = stream(seed, "attitudes")
    rows = people.count
    attitude_class = choose_by_row(draw, _BY_KIND, people.kind)
    means: Floats = np.array(list(ATTITUDE_CLASSES.values()))
    attitude = means[attitude_class] + draw.normal(0, 0.3, (rows, len(ATTITUDES)))
    answers = np.empty((rows, len(ATTITUDE_ITEMS)), np.int64)
    for number, item in enumerate(ATTITUDE_ITEMS):
        meant = attitude[:, ATTITUDES.index(item.construct)]
        meant = 6 - meant if item.reversed else meant
        meant = meant + people.leniency + draw.normal(0, 0.65, rows)
        answers[:, number] = np.clip(np.round(meant), 1, 5)
    straight_liner = draw.random(rows) < _STRAIGHT_LINERS
    place = np.clip(np.round(3.4 + draw.normal(0, 0.9, rows)), 1, 5).astype(np.int64)
    answers[straight_liner] = place[straight_liner][:, None]
    return Attitudes(attitude_class=attitude_class, answers=answers, straight_liner=straight_liner)
