"""The whole company in memory, drawn part after part.

Belongs here: the order in which the parts are drawn. Does not belong here: files (write.py), truth tables (truth.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.samples.company.attitudes import Attitudes, draw_attitudes
from orchestration.samples.company.baskets import draw_baskets
from orchestration.samples.company.businesses import Businesses, draw_businesses
from orchestration.samples.company.campaign import Campaign, draw_campaign
from orchestration.samples.company.catalogue import draw_catalogue
from orchestration.samples.company.contact_points import ContactPoints, draw_contact_points
from orchestration.samples.company.crm_records import draw_crm_records
from orchestration.samples.company.hubspot import contact_emails
from orchestration.samples.company.lifetimes import Lifetimes, draw_lifetimes
from orchestration.samples.company.needs import Needs, draw_needs
from orchestration.samples.company.orders import draw_orders
from orchestration.samples.company.people import People, draw_people
from orchestration.samples.company.sales import draw_sales
from orchestration.samples.company.shop_identities import draw_shop_identities
from orchestration.samples.company.shopify import Shop
from orchestration.samples.company.social import Accounts, draw_accounts
from orchestration.samples.company.text import Text


@dataclass(frozen=True)
class Company:
    """Customers, what they do and what is true about them."""

    seed: int
    people: People
    businesses: Businesses
    points: ContactPoints
    lifetimes: Lifetimes
    campaign: Campaign
    needs: Needs
    attitudes: Attitudes
    shop: Shop
    contact_emails: Text
    accounts: Accounts


def draw_company(customers: int, seed: int) -> Company:
    """Draw a company; the same number and seed give the same one in every process."""
    people = draw_people(customers, seed)
    businesses = draw_businesses(people, seed)
    points = draw_contact_points(people, businesses, seed)
    lifetimes = draw_lifetimes(people, seed)
    crm = draw_crm_records(people, businesses, lifetimes, seed)
    campaign = draw_campaign(people, lifetimes, crm, seed)
    orders = draw_orders(people, lifetimes, campaign, seed)
    catalogue = draw_catalogue(seed)
    baskets = draw_baskets(people, orders, catalogue, campaign, seed)
    sales = draw_sales(people, orders, baskets, catalogue, seed)
    identities = draw_shop_identities(people, points, businesses, orders, sales, seed)
    return Company(
        seed=seed,
        people=people,
        businesses=businesses,
        points=points,
        lifetimes=lifetimes,
        campaign=campaign,
        needs=draw_needs(people, seed),
        attitudes=draw_attitudes(people, seed),
        shop=Shop(people, orders, baskets, sales, identities, catalogue, crm),
        contact_emails=contact_emails(points, crm),
        accounts=draw_accounts(people, lifetimes, seed),
    )
