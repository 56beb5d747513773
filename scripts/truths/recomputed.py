"""Schemes worked out a second time, in pandas, from the records of the identity layer.

Belongs here: the rules as they are defined in words, at the default thresholds. Does not belong here: comparing with
what a night published (held_against_truth.py). Nothing here may read a feature: it would share its mistakes.
"""

from __future__ import annotations

import pandas as pd

from orchestration.repository import DBT_PROJECT
from scripts.truths.left_by_night import KnownNight

_ANSWERS_COUNT_DAYS = 365
_CHANNEL_HALF_LIFE_DAYS = 365
_CHANNEL_PRIOR_ORDERS = 2
_CHANNEL_MINIMUM_SHARE = 0.6
_TONIGHT = "(select any_value(as_of_date) from customers)"
# Sums of doubles depend on the order of rows; weights are whole numbers of so small a part of an order.
_WEIGHT_UNITS = 10**12
_SENTIMENT_UNITS = 10**6


def satisfaction(night: KnownNight) -> pd.Series:
    """By customer: the latest NPS answer of a year, else the latest CSAT answer, else the sentiment of the year."""
    answers = night.ask(
        f"""
        select answers.*, questions.question_kind, questions.scale_min, questions.scale_max, questions.is_reversed
        from identity.int_identity__survey_answers as answers
        inner join canonical.int_canonical__survey_questions as questions using (survey_id, question_id)
        where answers.customer_id is not null
            and answers.answered_date <= {_TONIGHT}
            and answers.answered_date > {_TONIGHT} - {_ANSWERS_COUNT_DAYS}
            and answers.answer_number between questions.scale_min and questions.scale_max
        """
    )
    share = (answers["answer_number"] - answers["scale_min"]) / (answers["scale_max"] - answers["scale_min"])
    share = share.round(6)
    answers["share"] = share.where(~answers["is_reversed"], 1 - share)
    # Of answers of the same moment the worse one counts.
    latest = (
        answers.sort_values(["answered_at", "share"], ascending=[True, False])
        .drop_duplicates(["customer_id", "question_kind"], keep="last")
        .set_index("customer_id")
    )
    nps = latest.loc[latest["question_kind"] == "nps", "answer_number"]
    csat = latest.loc[latest["question_kind"] == "csat", "share"]
    posts = night.ask(
        f"""
        select customer_id, sentiment
        from identity.int_identity__social_interactions
        where customer_id is not null
            and sentiment is not null
            and occurred_date <= {_TONIGHT}
            and occurred_date > {_TONIGHT} - {_ANSWERS_COUNT_DAYS}
        """
    )
    units = (posts["sentiment"] * _SENTIMENT_UNITS).round().astype("int64").groupby(posts["customer_id"])
    sentiment = units.sum() / _SENTIMENT_UNITS / units.count()
    told = pd.concat(
        [
            nps.map(lambda answer: "promoter" if answer >= 9 else "passive" if answer >= 7 else "detractor"),
            csat.map(
                lambda part: "satisfied_csat" if part >= 0.7 else "neutral_csat" if part >= 0.4 else "dissatisfied_csat"
            ),
            sentiment.map(
                lambda mean: (
                    "positive_social" if mean >= 0.25 else "neutral_social" if mean > -0.25 else "negative_social"
                )
            ),
        ]
    )
    # The best evidence stands first.
    return _of_everybody(night, told[~told.index.duplicated()], "unknown")


def channel_preference(night: KnownNight) -> pd.Series:
    """By customer: the channel with the greatest share of the orders, recent ones counting more, if it is great enough.

    The share is drawn towards that of all the company's orders by two orders of today.
    """
    orders = night.ask(
        f"""
        select customer_id, min(sales_channel) as channel, date_diff('day', order_date, {_TONIGHT}) as age_days
        from identity.int_identity__order_lines
        where customer_id is not null and line_kind = 'sale' and order_date <= {_TONIGHT}
        group by customer_id, source_name, order_id, order_date
        having sum(net_amount) > 0
        """
    )
    kinds = pd.read_csv(DBT_PROJECT / "seeds" / "channel_kinds.csv").set_index("channel_code")["channel_kind"]
    code = orders["channel"].str.lower().str.replace("[^a-z0-9]", "", regex=True)
    orders["kind"] = code.map(kinds).where(code.isin(kinds.index) | code.isna(), "other")
    orders["weight"] = (0.5 ** (orders["age_days"] / _CHANNEL_HALF_LIFE_DAYS) * _WEIGHT_UNITS).round().astype("int64")
    orders = orders.dropna(subset="kind")
    of_company = orders.groupby("kind")["weight"].sum()
    base = of_company / of_company.sum()
    weights = orders.groupby(["customer_id", "kind"])["weight"].sum()
    own = weights.rename("weight").reset_index()
    of_customer = own["customer_id"].map(own.groupby("customer_id")["weight"].sum()) / _WEIGHT_UNITS
    prior = _CHANNEL_PRIOR_ORDERS * own["kind"].map(base)
    own["share"] = (own["weight"] / _WEIGHT_UNITS + prior) / (of_customer + _CHANNEL_PRIOR_ORDERS)
    preferred = own.sort_values(["share", "kind"], ascending=[False, True]).drop_duplicates("customer_id")
    preferred = preferred.set_index("customer_id")
    is_clear = (preferred["share"] >= _CHANNEL_MINIMUM_SHARE) & (preferred["kind"] != "other")
    told = ("prefers_" + preferred["kind"]).where(is_clear, "no_clear_preference")
    return _of_everybody(night, told, "unknown")


def _of_everybody(night: KnownNight, told: pd.Series, otherwise: str) -> pd.Series:
    customers = night.ask("select customer_id from customers order by 1")["customer_id"]
    return customers.map(told).fillna(otherwise).set_axis(customers).rename("segment_code").rename_axis("customer_id")
