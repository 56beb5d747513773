"""What a policy decides: the dimensions of treatment, each of which gives every customer one option.

Belongs here: which dimensions there are, and what is special about some. Does not belong here: their options and rules
(the policy files), columns that are worked out without rules (next best category and product, in the dbt project).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# The column of the mart customers that says whether a channel may be used.
CONSENT: Mapping[str, str] = {
    "email": "is_contactable_by_email",
    "sms": "is_contactable_by_sms",
    "phone": "is_contactable_by_phone",
}
NO_CHANNEL = "none"
ANY_CHANNEL = "any"


@dataclass(frozen=True)
class Dimension:
    """One thing that is decided for every customer.

    Attributes:
        code: Its name in policies and columns.
        title: Its name for readers.
        is_contact: Whether it approaches the customer, so that recent contacts may stand against it.
        is_channel: Whether its options are channels: the option's code says which consent it needs.
        is_price: Whether it decides what the customer pays, so that nothing protected may decide it.
    """

    code: str
    title: str
    is_contact: bool = False
    is_channel: bool = False
    is_price: bool = False


DIMENSIONS = (
    Dimension("sales_channel", "Sales channel"),
    Dimension("contact_channel", "Contact channel", is_contact=True, is_channel=True),
    Dimension("message_theme", "Message"),
    Dimension("offer", "Offer"),
    Dimension("loyalty_reward", "Loyalty reward"),
    Dimension("support_tier", "Support"),
    Dimension("delivery_option", "Delivery"),
    Dimension("logistics_priority", "Stock and dispatch"),
    Dimension("price_policy", "Price", is_price=True),
    Dimension("win_back", "Win-back", is_contact=True),
    Dimension("detractor_follow_up", "Follow-up of complaints", is_contact=True),
)
BY_CODE: Mapping[str, Dimension] = {dimension.code: dimension for dimension in DIMENSIONS}
