"""How often the interval of a lift holds the true one, and how well customers are ranked by what contacting changes.

    python -m scripts.experiment_truths [--seeds 100] [--customers 4000]

Companies are drawn as the sample is, each with a campaign of which the true effect on everybody is known; only orders,
without files and matching, so that what is measured is the statistics. The effect is counted like the orders: in the 30
days after the day of the assignment, though the campaign works longer.

Belongs here: drawing companies, holding what is estimated against what is true, printing. Does not belong here: the
statistics (dbt, ``ml.uplift``).
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from ml.uplift.cross_fitting import cross_fit
from ml.uplift.qini import qini_coefficient
from ml.uplift.ridge_uplift import RidgeUplift
from orchestration.samples.company.baskets import draw_baskets
from orchestration.samples.company.businesses import draw_businesses
from orchestration.samples.company.campaign import ASSIGNED_ON, CAMPAIGN_ID, draw_campaign
from orchestration.samples.company.catalogue import draw_catalogue
from orchestration.samples.company.crm_records import draw_crm_records
from orchestration.samples.company.lifetimes import draw_lifetimes
from orchestration.samples.company.orders import draw_orders
from orchestration.samples.company.people import draw_people
from orchestration.samples.company.seasons import rhythm_until
from orchestration.samples.company.world import YEAR, day_number
from scripts.campaign_models import build_campaigns

WINDOW_DAYS, BEFORE_DAYS = 30, 365
PLANNED = ({"campaign_id": CAMPAIGN_ID, "campaign_name": CAMPAIGN_ID, "holdout_share": 0.25, "launches_on": None},)
FEATURES = (
    "days_since_last_order",
    "days_since_first_order",
    "order_count_ever",
    "order_30d_count",
    "order_90d_count",
    "order_before_count",
    "average_order_value",
    "code_share",
    "is_business",
)
LEVELS = {"difference": ("difference_low", "difference_high"), "adjusted": ("adjusted_low", "adjusted_high")}


@dataclass(frozen=True, kw_only=True)
class Held:
    """One company's campaign: what was true, and whether the intervals hold it.

    Attributes:
        true_lift: Orders per customer that contacting brings in the window, the mean over all who were assigned.
        holds: By kind of interval whether it holds the true lift.
        width: By kind of interval how wide it is.
        is_randomised: Whether the checks found nothing.
    """

    true_lift: float
    holds: dict[str, bool]
    width: dict[str, float]
    is_randomised: bool


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One company's ranking.

    Attributes:
        own: z of the Qini coefficient by cross-fitting.
        is_published: Whether its interval lies above 0.
        other: Qini coefficient of the ranking on the customers of another company, by what is true of them.
        best: The coefficient of a ranking by the true effect.
    """

    own: float
    is_published: bool
    other: float
    best: float


def draw_assigned(customers: int, seed: int) -> pd.DataFrame:
    """Everybody who was assigned to the campaign: rows of int_campaigns__customers, features, and the true lift."""
    people = draw_people(customers, seed)
    businesses = draw_businesses(people, seed)
    lifetimes = draw_lifetimes(people, seed)
    campaign = draw_campaign(people, lifetimes, draw_crm_records(people, businesses, lifetimes, seed), seed)
    orders = draw_orders(people, lifetimes, campaign, seed)
    baskets = draw_baskets(people, orders, draw_catalogue(seed), campaign, seed)
    day, begin, count = orders.day, day_number(ASSIGNED_ON), people.count

    def orders_between(first: int, last: int) -> np.ndarray:
        inside = (day >= begin + first) & (day <= begin + last)
        return np.bincount(orders.person[inside], minlength=count)

    before = day < begin
    who = orders.person[before]
    ever = np.bincount(who, minlength=count)
    last, first = np.full(count, -np.inf), np.full(count, np.inf)
    np.maximum.at(last, who, day[before])
    np.minimum.at(first, who, day[before])
    starts = np.maximum(float(begin + 1), lifetimes.acquired)
    ends = np.minimum(float(begin + 1 + WINDOW_DAYS), lifetimes.dropped_out)
    season = rhythm_until(people.kind, np.maximum(starts, ends)) - rhythm_until(people.kind, starts)
    expected = np.where(lifetimes.never_buys, 0.0, season * lifetimes.yearly_rate / YEAR)
    after, year_before = orders_between(1, WINDOW_DAYS), orders_between(-BEFORE_DAYS, -1)
    bought = np.maximum(ever, 1)
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{number}" for number in range(count)],
            "campaign_id": CAMPAIGN_ID,
            "arm": np.where(campaign.treated, "treatment", "holdout"),
            "channel": "email",
            "cost_amount": 0.0,
            "order_count": after,
            "net_revenue_amount": 0.0,
            "margin_amount": 0.0,
            "order_before_count": year_before,
            "net_revenue_before_amount": 0.0,
            "margin_before_amount": 0.0,
            "has_ordered": after > 0,
            "has_ordered_before": year_before > 0,
            "has_redeemed": pd.array([None] * count, dtype="boolean"),
            "is_over": True,
            "assigned_date": ASSIGNED_ON,
            "features_as_of_date": dt.date(2026, 2, 28),
            "days_since_last_order": np.where(ever > 0, begin - last, np.nan),
            "days_since_first_order": np.where(ever > 0, begin - first, np.nan),
            "order_count_ever": ever,
            "order_30d_count": orders_between(-30, -1),
            "order_90d_count": orders_between(-90, -1),
            "average_order_value": np.where(
                ever > 0, np.bincount(who, orders.target[before], minlength=count) / bought, np.nan
            ),
            "code_share": np.where(
                ever > 0, np.bincount(who, (baskets.code_discount > 0)[before], minlength=count) / bought, np.nan
            ),
            "is_business": people.business.astype(int),
            "true_lift": expected * campaign.uplift,
        }
    )
    return frame[campaign.assigned].reset_index(drop=True)


def held_against_truth(assigned: pd.DataFrame) -> Held:
    """Measure a campaign by the project's models and hold the lift of orders against the true one."""
    rows = assigned.drop(columns=["true_lift", *(name for name in FEATURES if name != "order_before_count")])
    with duckdb.connect() as con:
        nobody = pd.Series("all", index=assigned["customer_id"].iloc[:1])
        build_campaigns(con, rows, nobody, planned=PLANNED, last="experiment_lift")
        (found,) = (
            con.execute("from experiment_lift where scheme = 'all' and metric = 'orders'").fetchdf().to_dict("records")
        )
    true = float(assigned["true_lift"].mean())
    return Held(
        true_lift=true,
        holds={kind: bool(found[low] <= true <= found[high]) for kind, (low, high) in LEVELS.items()},
        width={kind: float(found[high] - found[low]) for kind, (low, high) in LEVELS.items()},
        is_randomised=bool(found["is_randomised"]),
    )


def ranked(assigned: pd.DataFrame, others: pd.DataFrame) -> Ranked:
    """Learn a ranking on one company's campaign; judge it there by cross-fitting, on another company by the truth."""
    treated = (assigned["arm"] == "treatment").to_numpy()
    ordered = assigned["has_ordered"].to_numpy(float)
    model = RidgeUplift(feature_names=FEATURES)
    fitted = cross_fit(model, assigned, ordered, treated, customers=assigned["customer_id"])
    own = qini_coefficient(fitted.change, fitted.effects)
    true = others["true_lift"].to_numpy()
    return Ranked(
        own=own.estimate / ((own.high - own.low) / 2 / 1.959964),
        is_published=own.beats_random,
        other=qini_coefficient(model.fit(assigned, ordered, treated).predict(others), true).estimate,
        best=qini_coefficient(true, true).estimate,
    )


def coverage(seeds: Iterable[int], customers: int) -> list[Held]:
    """Hold the campaigns of as many companies against the truth."""
    return [held_against_truth(draw_assigned(customers, seed)) for seed in seeds]


def rankings(seeds: Iterable[int], customers: int) -> list[Ranked]:
    """Rank the customers of as many companies, each judged on a company of a seed that was never learnt from."""
    return [ranked(draw_assigned(customers, seed), draw_assigned(customers, seed + 10_000)) for seed in seeds]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--customers", type=int, default=4000)
    parser.add_argument("--ranking-seeds", type=int, default=20)
    arguments = parser.parse_args()
    held = coverage(range(arguments.seeds), arguments.customers)
    print(f"{arguments.seeds} companies of {arguments.customers:,} customers: orders per customer within 30 days")
    print(f"  true lift {np.mean([one.true_lift for one in held]):.4f}")
    print(f"  taken for random: {sum(one.is_randomised for one in held)}")
    for kind in LEVELS:
        inside, width = sum(one.holds[kind] for one in held), np.mean([one.width[kind] for one in held])
        print(f"  {kind}: the interval holds the true lift in {inside}, and is {width:.4f} wide")
    for customers in (5_000, 10_000, 20_000, 40_000):
        found = rankings(range(arguments.ranking_seeds), customers)
        published = sum(one.is_published for one in found)
        reached = np.mean([one.other / one.best for one in found])
        print(
            f"  rankings of {customers:,} customers: proven in {published} of {len(found)}; on another company better "
            f"than chance in {sum(one.other > 0 for one in found)}, {100 * reached:.0f} % of the best possible"
        )


if __name__ == "__main__":
    main()
