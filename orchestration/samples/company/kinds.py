"""The true kinds of customers: how each buys, leaves, spends, feels and reacts.

Belongs here: the parameters. Does not belong here: drawing from them.
"""

from __future__ import annotations

from dataclasses import dataclass

CATEGORIES = ("Textiles", "Lighting", "Kitchen", "Garden", "Furniture", "Decor", "Office")
SOURCES = ("web", "iphone", "android", "pos", "shopify_draft_order")
DELIVERIES = ("DHL Standard", "DHL Express", "Parcel locker", "Click & Collect", "Freight delivery")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One true kind.

    Attributes:
        name: Its code in the truth tables.
        share: Share of all customers.
        business: Whether these are companies' buyers.
        orders_per_year: Mean rate of repeat orders while a customer is alive.
        rate_shape: Shape of the gamma distribution of that rate over customers.
        lifetime_years: Mean of the exponential time from the first order to dropping out.
        order_value: Mean worth of a repeat order, in the base currency with tax.
        first_order_value: Mean worth of the first order.
        value_shape: Shape of the gamma distribution of the mean order value over customers.
        lines: Mean lines of a repeat order.
        first_lines: Mean lines of the first order.
        most_units: Most units of one line.
        usual_units: Units of one line that are sought.
        tastes: Weights of ``CATEGORIES``.
        christmas: Rate in the weeks before Christmas, relative to an ordinary week.
        novelty: How much more often new articles are chosen.
        code_share: Share of orders with a discount code.
        refund_share: Share of orders of which something goes back.
        sources: Weights of ``SOURCES``.
        deliveries: Weights of ``DELIVERIES``.
        guest_share: Share who never give their data to the CRM.
        consent_share: Share who agree to e-mails.
        satisfaction: Mean satisfaction, 0-10.
        survey_share: Share who answer the needs survey when asked.
        social_share: Share who write in public.
        mentions: Mean public mentions of one who does, over the period.
        uplift: Relative change of the buying rate while the campaign works on a contacted customer.
    """

    name: str
    share: float
    business: bool = False
    orders_per_year: float
    rate_shape: float
    lifetime_years: float
    order_value: float
    first_order_value: float
    value_shape: float
    lines: float
    first_lines: float
    most_units: int
    usual_units: float = 1.0
    tastes: tuple[float, ...]
    christmas: float
    novelty: float
    code_share: float
    refund_share: float
    sources: tuple[float, ...]
    deliveries: tuple[float, ...]
    guest_share: float
    consent_share: float
    satisfaction: float
    survey_share: float
    social_share: float
    mentions: float
    uplift: float


KINDS = (
    Kind(
        name="bargain_hunter", share=0.22, orders_per_year=4.3, rate_shape=2.0, lifetime_years=2.2,
        order_value=44, first_order_value=40, value_shape=6.0, lines=1.7, first_lines=1.6, most_units=4,
        tastes=(0.24, 0.10, 0.28, 0.12, 0.03, 0.20, 0.03), christmas=1.6, novelty=0.6, code_share=0.62,
        refund_share=0.06, sources=(0.52, 0.12, 0.26, 0.10, 0.0), deliveries=(0.62, 0.02, 0.28, 0.08, 0.0),
        guest_share=0.16, consent_share=0.80, satisfaction=6.9, survey_share=0.10, social_share=0.03,
        mentions=2.0, uplift=0.85,
    ),
    Kind(
        name="home_stylist", share=0.14, orders_per_year=8.4, rate_shape=3.0, lifetime_years=6.0,
        order_value=128, first_order_value=105, value_shape=7.0, lines=2.1, first_lines=1.8, most_units=4,
        tastes=(0.26, 0.17, 0.12, 0.08, 0.14, 0.22, 0.01), christmas=1.7, novelty=1.6, code_share=0.16,
        refund_share=0.08, sources=(0.48, 0.26, 0.12, 0.14, 0.0), deliveries=(0.66, 0.10, 0.08, 0.10, 0.06),
        guest_share=0.03, consent_share=0.86, satisfaction=8.7, survey_share=0.24, social_share=0.07,
        mentions=3.0, uplift=0.04,
    ),
    Kind(
        name="gift_buyer", share=0.16, orders_per_year=2.9, rate_shape=2.5, lifetime_years=4.0,
        order_value=62, first_order_value=58, value_shape=8.0, lines=1.5, first_lines=1.4, most_units=3,
        tastes=(0.14, 0.14, 0.30, 0.05, 0.01, 0.34, 0.02), christmas=8.0, novelty=1.1, code_share=0.18,
        refund_share=0.05, sources=(0.60, 0.16, 0.12, 0.12, 0.0), deliveries=(0.60, 0.26, 0.08, 0.06, 0.0),
        guest_share=0.34, consent_share=0.52, satisfaction=7.6, survey_share=0.09, social_share=0.03,
        mentions=2.0, uplift=0.18,
    ),
    Kind(
        name="practical_family", share=0.21, orders_per_year=5.8, rate_shape=2.5, lifetime_years=3.4,
        order_value=76, first_order_value=78, value_shape=7.0, lines=2.1, first_lines=2.0, most_units=6,
        tastes=(0.30, 0.08, 0.30, 0.16, 0.06, 0.06, 0.04), christmas=1.5, novelty=0.7, code_share=0.34,
        refund_share=0.07, sources=(0.56, 0.16, 0.16, 0.12, 0.0), deliveries=(0.60, 0.04, 0.24, 0.10, 0.02),
        guest_share=0.10, consent_share=0.74, satisfaction=7.9, survey_share=0.17, social_share=0.03,
        mentions=2.0, uplift=0.42,
    ),
    Kind(
        name="mover_in", share=0.11, orders_per_year=4.5, rate_shape=1.2, lifetime_years=0.22,
        order_value=135, first_order_value=430, value_shape=5.0, lines=2.2, first_lines=4.6, most_units=6,
        tastes=(0.20, 0.18, 0.22, 0.03, 0.27, 0.08, 0.02), christmas=1.0, novelty=0.8, code_share=0.30,
        refund_share=0.11, sources=(0.66, 0.12, 0.14, 0.08, 0.0), deliveries=(0.56, 0.06, 0.04, 0.06, 0.28),
        guest_share=0.12, consent_share=0.62, satisfaction=7.2, survey_share=0.11, social_share=0.03,
        mentions=1.5, uplift=0.05,
    ),
    Kind(
        name="design_enthusiast", share=0.08, orders_per_year=6.2, rate_shape=2.0, lifetime_years=2.6,
        order_value=108, first_order_value=98, value_shape=5.0, lines=1.4, first_lines=1.3, most_units=3,
        tastes=(0.12, 0.30, 0.08, 0.03, 0.16, 0.28, 0.03), christmas=1.2, novelty=7.0, code_share=0.10,
        refund_share=0.09, sources=(0.26, 0.50, 0.18, 0.06, 0.0), deliveries=(0.56, 0.26, 0.08, 0.06, 0.04),
        guest_share=0.06, consent_share=0.78, satisfaction=8.1, survey_share=0.20, social_share=0.34,
        mentions=6.0, uplift=0.22,
    ),
    Kind(
        name="business_buyer", share=0.08, business=True, orders_per_year=7.2, rate_shape=1.5, lifetime_years=5.0,
        order_value=420, first_order_value=360, value_shape=2.5, lines=2.2, first_lines=2.2, most_units=60,
        usual_units=7.0,
        tastes=(0.24, 0.14, 0.22, 0.05, 0.12, 0.07, 0.16), christmas=1.1, novelty=0.6, code_share=0.05,
        refund_share=0.03, sources=(0.58, 0.03, 0.02, 0.02, 0.35), deliveries=(0.60, 0.10, 0.0, 0.04, 0.26),
        guest_share=0.0, consent_share=0.66, satisfaction=7.8, survey_share=0.12, social_share=0.02,
        mentions=1.5, uplift=-0.12,
    ),
)  # fmt: skip
KIND_NAMES = tuple(kind.name for kind in KINDS)
BUSINESS = KIND_NAMES.index("business_buyer")
