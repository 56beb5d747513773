"""How near the segments of a night are to what they should be: one function per figure.

Belongs here: the figures. Does not belong here: working a scheme out again (recomputed.py), how figures are shown
(scheme_truths.py).
"""

from __future__ import annotations

import pandas as pd
from sklearn.metrics import adjusted_rand_score

from orchestration.samples.company.needs import CLASSES, CONSTRUCTS
from scripts.truths import recomputed
from scripts.truths.left_by_night import KnownNight

VALUE_TIER_PERCENTS = (1, 5, 10, 25, 50)
_STILL_CUSTOMERS = ("new", "loyal", "active", "reactivated", "cooling")
_LEFT = ("at_risk", "highly_at_risk", "lost")
# Staff below and revenue up to these limits: Recommendation 2003/361/EC.
_SIZES = {"micro": (10, 2_000_000), "small": (50, 10_000_000), "medium": (250, 50_000_000)}


def not_exactly_once(night: KnownNight) -> tuple[int, int]:
    """Customers, schemes and evaluated dates without exactly one segment; and how many there are altogether.

    The stays of ``segment_memberships`` are expanded to the dates and held against the customers known on each, so a
    customer who is missing counts as well as one who is there twice or too early.
    """
    found = night.ask(
        """
        with expected as (
            select spine.customer_id, schemes.scheme, spine.as_of_date
            from features.int_customers__as_of as spine
            cross join (select distinct scheme from segment_memberships) as schemes
        ),
        found as (
            select memberships.customer_id, memberships.scheme, dates.as_of_date, count(*) as segments
            from features.as_of_dates as dates
            inner join segment_memberships as memberships
                on memberships.valid_from <= dates.as_of_date
                    and coalesce(memberships.valid_to > dates.as_of_date, true)
            group by all
        )
        select count(*) filter (where segments is distinct from 1 or expected.scheme is null) as wrong, count(*) as n
        from (select *, true as is_expected from expected) as expected
        full join found using (customer_id, scheme, as_of_date)
        """
    )
    return int(found["wrong"][0]), int(found["n"][0])


def recomputed_share(night: KnownNight, scheme: str) -> pd.Series:
    """By customer: whether the published segment is the one that working the scheme out again gives."""
    again = {"satisfaction": recomputed.satisfaction, "channel_preference": recomputed.channel_preference}[scheme](
        night
    )
    return night.segments(scheme) == again.sort_index()


def satisfaction_order(night: KnownNight, better: str, worse: str) -> float:
    """Of all pairs of a customer of a better and of a worse segment, the share in which the better is truly so."""
    content = night.of_customers(night.truth("people"))["satisfaction"]
    segments = night.segments("satisfaction").reindex(content.index)
    high, low = content[segments == better], content[segments == worse]
    ranks = pd.concat([high, low]).rank()
    return float((ranks.iloc[: len(high)].sum() - len(high) * (len(high) + 1) / 2) / (len(high) * len(low)))


def value_tier_shares(night: KnownNight) -> pd.DataFrame:
    """Per date on which boundaries were set and tier: its and all higher tiers' share of the buyers, in per cent.

    ``with_ties`` counts those of the next tier too whose margin is the greatest there: they were not to be parted.
    Margins are expected ones on dates whose boundaries are of such.
    """
    buyers = night.ask(
        """
        select
            purchases.as_of_date,
            coalesce(
                case
                    when boundaries.margin_kind != 'past_margin'
                        then round(predictions.expected_margin_365d_amount, 2)
                end,
                purchases.margin_365d_amount::double
            ) as margin,
            try_cast(right(memberships.segment_code, 1) as integer) as tier
        from features.feat_customers__purchases as purchases
        inner join features.as_of_dates as dates
            on purchases.as_of_date = dates.as_of_date and dates.boundaries_set_date = dates.as_of_date
        inner join segmentations.int_value_tier__boundaries as boundaries
            on purchases.as_of_date = boundaries.as_of_date and boundaries.is_ranked_by
        left join ml.ml_customers__predictions as predictions
            on purchases.customer_id = predictions.customer_id and purchases.as_of_date = predictions.as_of_date
        inner join segment_memberships as memberships
            on purchases.customer_id = memberships.customer_id
                and memberships.scheme = 'value_tier'
                and memberships.valid_from <= dates.as_of_date
                and coalesce(memberships.valid_to > dates.as_of_date, true)
        where purchases.order_days_365d_count > 0
        """
    )
    rows = []
    for date, known in buyers.groupby("as_of_date"):
        for tier, percent in enumerate(VALUE_TIER_PERCENTS, 1):
            above, below = known[known["tier"] <= tier], known[known["tier"] > tier]
            ties = (below["margin"] == below["margin"].max()).sum()
            share, with_ties = (100 * count / len(known) for count in (len(above), len(above) + ties))
            rows.append({"date": date, "percent": percent, "share": share, "with_ties": with_ties})
    return pd.DataFrame(rows)


def lifecycle_balanced_accuracy(night: KnownNight) -> pd.Series:
    """Per month end: the mean of how many who had not left, and how many who had, are in a stage that says so.

    Stages up to cooling say that a customer is still one. Leads are left out: they have never bought.
    """
    stages = night.ask(
        """
        select memberships.customer_id, memberships.segment_code, dates.as_of_date as month_end
        from features.as_of_dates as dates
        inner join segment_memberships as memberships
            on memberships.scheme = 'lifecycle'
                and memberships.valid_from <= dates.as_of_date
                and coalesce(memberships.valid_to > dates.as_of_date, true)
        """
    )
    stages = stages[stages["segment_code"].isin((*_STILL_CUSTOMERS, *_LEFT))]
    stages["person_id"] = stages["customer_id"].map(night.persons)
    stages["month_end"] = pd.to_datetime(stages["month_end"]).dt.date
    known = stages.merge(night.truth("alive"), on=["person_id", "month_end"])
    is_right = known["segment_code"].isin(_STILL_CUSTOMERS) == known["is_alive"]
    return is_right.groupby([known["month_end"], known["is_alive"]]).mean().groupby("month_end").mean()


def needs_as_class(night: KnownNight, *, strongest: int) -> pd.Series:
    """By respondent whose own answers put one need clearly first: whether the true class has it among its strongest.

    Members differ from the mean of their class, and some classes want two things almost equally.
    """
    wanted = {
        name: {need for _, need in sorted(zip(means, CONSTRUCTS, strict=True), reverse=True)[:strongest]}
        for name, means in CLASSES.items()
    }
    segments = night.ask(
        """
        select customer_id, segment_code
        from segmentations.int_needs__stated
        where as_of_date = (select any_value(as_of_date) from customers)
            and segment_code not in ('unknown', 'no_clear_need')
        """
    ).set_index("customer_id")["segment_code"]
    classes = night.of_customers(night.truth("needs"))["needs_class"]
    both = segments.index.intersection(classes.index)
    is_wanted = [need in wanted[name] for need, name in zip(segments[both], classes[both], strict=True)]
    return pd.Series(is_wanted, index=both)


def benefits_as_reason(night: KnownNight) -> pd.Series:
    """By respondent: whether the benefit is the reason that the person gives when asked."""
    names = night.ask(
        "select customer_id, segment_name from segment_memberships "
        "where scheme = 'benefits' and is_current and reasons[1].value = 'said so'"
    ).set_index("customer_id")["segment_name"]
    return _agree(names, night.of_customers(night.truth("needs"))["reason"])


def classes_as_true(night: KnownNight, scheme: str) -> tuple[int, float]:
    """Respondents of a scheme that finds classes, and the adjusted Rand index of their classes with the true ones."""
    found, expected = _both(by_basis(night, scheme, "said so"), true_classes(night, scheme))
    return len(found), float(adjusted_rand_score(expected, found))


def inferred_as_true(night: KnownNight, scheme: str) -> pd.Series:
    """By customer of whom a segment is inferred: whether most respondents of the true class have it.

    Respondents say which segment stands for a true class, since classes that are found have names of their own.
    """
    expected = true_classes(night, scheme)
    said, truly = _both(by_basis(night, scheme, "said so"), expected)
    stands_for = said.groupby(truly).agg(lambda codes: codes.value_counts().sort_index().idxmax())
    inferred, true_of_others = _both(by_basis(night, scheme, "inferred"), expected)
    return inferred == true_of_others.map(stands_for)


def true_classes(night: KnownNight, scheme: str) -> pd.Series:
    """By customer: the true class that a scheme of surveys is about."""
    table, column = {
        "psychographic": ("attitudes", "attitude_class"),
        "needs": ("needs", "needs_class"),
        "benefits": ("needs", "reason"),
    }[scheme]
    return night.of_customers(night.truth(table))[column]


def by_basis(night: KnownNight, scheme: str, basis: str) -> pd.Series:
    """Tonight's segment of the customers who said it themselves, or of whom it is inferred."""
    found = night.ask(
        f"""
        select customer_id, segment_code
        from segment_memberships
        where scheme = '{scheme}' and is_current and reasons[1].feature = 'basis' and reasons[1].value = '{basis}'
        order by customer_id
        """
    )
    return found.set_index("customer_id")["segment_code"]


def _both(found: pd.Series, expected: pd.Series) -> tuple[pd.Series, pd.Series]:
    both = found.index.intersection(expected.index)
    return found[both], expected[both]


def company_sizes(night: KnownNight) -> pd.Series:
    """By business customer whose company's size is known: whether it is the company's true one."""
    companies = night.truth("companies").set_index("company_id")
    size = pd.Series("large", index=companies.index)
    for name, (staff, revenue) in reversed(_SIZES.items()):
        size[(companies["employees"] < staff) & (companies["revenue"] <= revenue)] = name
    expected = night.of_customers(night.truth("people"))["company_id"].dropna().map(size)
    return _agree(_known(night, "firmographic", "unknown", "not_applicable"), expected)


def consumers_and_businesses(night: KnownNight) -> pd.Series:
    """By customer: whether firmographics takes for a consumer whoever is one, and nobody else."""
    is_consumer = night.of_customers(night.truth("people"))["account_type"] == "consumer"
    return _agree(night.segments("firmographic") == "not_applicable", is_consumer)


def countries(night: KnownNight) -> pd.Series:
    """By customer whose country is known: whether the person lives there."""
    found = night.ask("select customer_id, country from customers where country is not null")
    return _agree(found.set_index("customer_id")["country"], night.of_customers(night.truth("people"))["country"])


def _known(night: KnownNight, scheme: str, *unknown: str) -> pd.Series:
    segments = night.segments(scheme)
    return segments[~segments.isin(unknown)]


def _agree(found: pd.Series, expected: pd.Series) -> pd.Series:
    both = found.index.intersection(expected.index)
    return found[both] == expected[both]
