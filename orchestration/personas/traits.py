"""What a segment's traits say: who they are, what they need, how they buy and feel.

Belongs here: which trait answers which question, and a trait as a sentence. Does not belong here: computing traits
(``segment_traits``), the figures of the profile (``writer``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestration.personas.persona import Figure, Sentence, says

Row = Mapping[str, Any]

MART = "segment_traits"
KEY = ("scheme", "segment_code", "trait", "trait_value")
WHO, NEEDS, BUYS, FEELS = "who", "needs", "buys", "feels"
# What is not named here is of how they buy: new traits are mostly of orders.
_THEMES = {
    WHO: (
        "account_type",
        "acquisition_channel",
        "age_band",
        "children",
        "company_size",
        "country",
        "education",
        "first_order",
        "gender",
        "household_size",
        "income_band",
        "industry",
        "life_stage",
        "loyalty_tier",
        "marital_status",
        "moved",
        "occupation",
        "region",
    ),
    NEEDS: ("benefit", "express", "freight", "need", "pickup", "top_category"),
    FEELS: (
        "campaigns",
        "contact_channel",
        "csat",
        "email_clicks",
        "email_consent",
        "engagement_score",
        "nps",
        "sentiment",
        "social_activity",
        "support_requests",
    ),
}
_THEME_OF = {trait: theme for theme, traits in _THEMES.items() for trait in traits}
# More of them make a list that nobody reads.
_TOLD = 3
# Beginnings of the words of a trait, and how a sentence on a share of customers goes on: "48 % buy from 5 categories".
_GOES_ON = (
    ("customers who ", ""),
    ("customers with ", "have "),
    ("customers whose ", "are customers whose "),
    ("customers ", "are "),
)


def told_of(theme: str, traits: Iterable[Row]) -> tuple[Sentence, ...]:
    """Sentences on the traits of one theme that clearly differ from all customers, the strongest first.

    Args:
        theme: ``who``, ``needs``, ``buys`` or ``feels``.
        traits: Rows of ``segment_traits`` of one segment.

    Returns:
        At most three sentences, of different traits; none where nothing clearly differs.
    """
    best: dict[str, Row] = {}
    for row in sorted(traits, key=lambda row: (row["rank"], row["trait"], row["trait_value"])):
        # What the scheme itself divides by is no news about its segments.
        if row["is_distinct"] and not row["is_own_input"] and _THEME_OF.get(row["trait"], BUYS) == theme:
            best.setdefault(row["trait"], row)
    return tuple(_sentence(row) for row in list(best.values())[:_TOLD])


def _sentence(row: Row) -> Sentence:
    def figure(column: str, kind: Any) -> Figure:
        return Figure(row[column], kind, MART, column, {name: row[name] for name in KEY})

    words = str(row["words"])
    beginning, verb = next((pair for pair in _GOES_ON if words.startswith(pair[0])), ("", "are "))
    what = f" {verb}{words.removeprefix(beginning)}, against "
    return says(figure("segment_share", "share"), what, figure("base_share", "share"), " of all customers.")
