"""What may not decide a price: attributes that say what a customer is, and whatever is made of them.

Belongs here: the one list, and whether a column is on it. Does not belong here: which dimension decides prices
(dimensions.py), how treatments differ between groups (mart ``treatment_fairness``).

The list goes all the way down: a segment that reads an attribute is protected as it is, and so is a chance that a model
has learnt from a country. ``tests/unit/treatments/test_protected.py`` holds it against the models' own SQL and lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# Attributes that treatments are compared by: columns of the mart customers.
COMPARED = (
    "age_band",
    "gender",
    "income_band",
    "marital_status",
    "household_size",
    "children_count",
    "country",
)
# These and what else says the same of a customer, as columns of feature families.
ATTRIBUTES = frozenset(
    {
        *COMPARED,
        "age_years",
        "age_from_years",
        "education",
        "occupation",
        "region",
        "postal_area",
        "market_area",
        "is_home_country",
        "has_moved_365d",
    }
)
# Models that foretell what customers do learn from their country.
_FORETOLD = frozenset(
    {
        "p_return_90d",
        "p_return_365d",
        "p_alive",
        "expected_orders_365d",
        "expected_order_value_amount",
        "expected_margin_share",
        "expected_margin_365d_amount",
        "next_order_expected_date",
        "next_order_from_date",
        "next_order_to_date",
        "return_source",
        "value_source",
        "next_best_category_code",
    }
)
# Schemes that read an attribute: by their rules, by what is foretold, by who else gave such answers, or as one of two.
SCHEMES: Mapping[str, str] = {
    "demographic": "it is made of age, marital status and household",
    "geographic": "it is made of country and region",
    "lifecycle": "it reads a chance that a model has learnt from the country too",
    "value_tier": "it reads an expected margin that a model has learnt from the country too",
    "predictive": "it reads what models have learnt from the country too",
    "needs": "of customers who were not asked it is inferred from age, gender and household too",
    "benefits": "of customers who were not asked it is inferred from age, gender and household too",
    "psychographic": "of customers who were not asked it is inferred from age, gender and household too",
    "combined": "one of its two schemes may read a protected attribute",
}
# What rules with a limit may rank customers by where they decide a price.
UNPROTECTED_GAINS = frozenset({"margin_365d"})


def why_protected(column: str, *, custom_schemes: Iterable[Mapping[str, Any]]) -> str | None:
    """Say why a column may not decide a price; None where it may.

    Args:
        column: The name of a column of customers.
        custom_schemes: The deployment's own schemes, compiled.
    """
    if column in ATTRIBUTES:
        return "it says what a customer is"
    if column in _FORETOLD:
        return "a model has learnt it from the country too"
    scheme = column.removesuffix("_segment_code")
    if scheme != column and scheme in SCHEMES:
        return SCHEMES[scheme]
    for custom in custom_schemes:
        read = sorted(ATTRIBUTES & set(custom["features"]))
        if scheme == custom["scheme"] and read:
            return f"the scheme asks {', '.join(read)}"
    return None
