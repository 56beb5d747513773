"""A home whose published customers can be explained: a small warehouse, three schemes' SQL, a published version.

The people of ``matched_home`` are its customers, and as many made-up ones as make a population.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.configuration.deployment import Deployment
from orchestration.publishing.manifest import MANIFEST_NAME, Manifest, hashed_files
from orchestration.publishing.version_store import VersionStore
from tests.support.matched_home import FIRST, matched_home

NIGHT = FIRST
PAST = dt.date(2026, 5, 31)
POPULATION = 150
RECENT_DAYS = 30
BIG_AMOUNT = 250

RFM = """\
-- One row per customer: what the words country and has_card say here is no column.
with purchases as (

    select * from "warehouse"."features"."feat_customers__purchases"
    where as_of_date = cast('the date that is computed' as date)

),

as_of_dates as (

    select * from "warehouse"."features"."as_of_dates"

),

boundaries as (

    select * from "warehouse"."segmentations"."int_rfm__boundaries"

),

rfm_map as (

    select * from "warehouse"."seeds"."rfm_map"

),

scored as (

    select
        purchases.customer_id,
        purchases.net_revenue_amount,
        case
            when purchases.order_count = 0 then 'none'
            when purchases.days_since_last_order <= boundaries.recency_days then 'recent'
            else 'silent'
        end as recency,
        least(purchases.order_count, 3) as frequency,
        as_of_dates.is_tonight,
        purchases.as_of_date
    from purchases
    inner join as_of_dates on purchases.as_of_date = as_of_dates.as_of_date
    inner join boundaries on as_of_dates.boundaries_set_date = boundaries.as_of_date

),

segmented as (

    select
        scored.customer_id,
        'rfm' as scheme,
        case
            when scored.recency = 'none' then 'prospect'
            when scored.recency = 'recent' and scored.net_revenue_amount > 250 then 'champions'
            else coalesce(rfm_map.segment_code, 'unknown')
        end as segment_code,
        scored.as_of_date
    from scored
    left join rfm_map on scored.recency = rfm_map.recency and scored.frequency = rfm_map.frequency

)

select * from segmented
"""

# A company's own schemes in one model: by categories, by a date, by two features at once, and by none.
CUSTOM = """\
with demographics as (

    select * from "warehouse"."features"."feat_customers__demographics"
    where as_of_date = cast('the date that is computed' as date)

),

purchases as (

    select * from "warehouse"."features"."feat_customers__purchases"
    where as_of_date = cast('the date that is computed' as date)

),

by_card as (

    select
        customer_id,
        'cards' as scheme,
        case when has_card then 'holder' when country = 'AT' then 'neighbour' else 'none' end as segment_code
    from demographics

),

by_two as (

    select
        customer_id,
        'vip' as scheme,
        case
            when order_count >= 3 and days_since_last_order <= 10 then 'vip' else 'everybody'
        end as segment_code
    from purchases

),

by_date as (

    select
        customer_id,
        'cohorts' as scheme,
        case when first_order_date >= date '2026-02-01' then 'young' else 'old' end as segment_code
    from purchases

),

never as (

    select
        customer_id,
        'fixed' as scheme,
        'all' as segment_code
    from purchases

)

select * from by_card
union all
select * from by_two
union all
select * from by_date
union all
select * from never
"""

CLUSTERS = """\
select
    purchases.customer_id,
    'clusters' as scheme,
    clusters.segment_code
from "warehouse"."features"."feat_customers__purchases" as purchases
inner join "warehouse"."ml"."ml_customers__clusters" as clusters on purchases.customer_id = clusters.customer_id
where purchases.as_of_date = cast('the date that is computed' as date)
"""

# By what a model predicts, and by silence where it predicts nothing.
CHANCES = """\
select
    purchases.customer_id,
    'chances' as scheme,
    case
        when predictions.p_return_365d > 0.6 then 'likely'
        when predictions.p_return_365d is not null then 'unlikely'
        when purchases.days_since_last_order <= 30 then 'recent'
        else 'silent'
    end as segment_code
from "warehouse"."features"."feat_customers__purchases" as purchases
left join "warehouse"."ml"."ml_customers__predictions" as predictions
    on purchases.customer_id = predictions.customer_id and purchases.as_of_date = predictions.as_of_date
where purchases.as_of_date = cast('the date that is computed' as date)
"""

SCHEMES = ("cards", "chances", "clusters", "cohorts", "fixed", "rfm", "vip")


def rfm_rule(*, order_count: int, days_since_last_order: int | None, net_revenue_amount: float) -> str:
    """The rule of scheme rfm above, said once more in Python."""
    if order_count == 0:
        return "prospect"
    is_recent = days_since_last_order is not None and days_since_last_order <= RECENT_DAYS
    if is_recent and net_revenue_amount > BIG_AMOUNT:
        return "champions"
    return {
        (True, 1): "new",
        (True, 2): "potential_loyalist",
        (True, 3): "loyal",
        (False, 1): "lost",
        (False, 2): "hibernating",
    }.get((is_recent, min(order_count, 3)), "unknown")


@dataclass(frozen=True)
class ExplainedHome:
    """A deployment with a published night."""

    deployment: Deployment
    maria: str

    def customers(self) -> list[str]:
        with duckdb.connect(str(self.deployment.home.warehouse), read_only=True) as con:
            found = con.execute(
                "select customer_id from features.feat_customers__purchases where as_of_date = ? order by customer_id",
                [NIGHT],
            ).fetchall()
        return [customer_id for (customer_id,) in found]


def explained_home(folder: Path) -> ExplainedHome:
    matched = matched_home(folder)
    maria = matched.customer_of("p_maria")
    home = matched.deployment.home
    compiled = home.dbt / "target" / "night" / "compiled" / "tessera" / "models" / "segmentations"
    compiled.mkdir(parents=True)
    for name, code in {"rfm": RFM, "custom": CUSTOM, "clusters": CLUSTERS, "chances": CHANCES}.items():
        (compiled / f"seg_customers__{name}.sql").write_text(code, encoding="utf-8")
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("set TimeZone = 'Europe/Berlin'")
        _write_features(con, maria)
        _write_assignments(con)
    publish_memberships(matched.deployment)
    return ExplainedHome(matched.deployment, maria)


def publish_memberships(deployment: Deployment, *, night: dt.date = NIGHT) -> None:
    """Publish what the warehouse's table of assignments says, and one customer who was merged into another."""
    store = VersionStore(deployment.home.published)
    with store.build() as draft:
        with duckdb.connect(str(draft.folder / "marts.duckdb")) as con:
            con.execute(f"attach '{deployment.home.warehouse}' as night (read_only)")
            con.execute(
                """
                create table customers as select distinct customer_id from night.segmentations.assignments;
                create table segment_memberships as
                select
                    customer_id, scheme, segment_code, segment_code as segment_name, cast(null as double) as score,
                    cast(null as double) as confidence, true as is_current, date '2026-05-31' as valid_from,
                    [{'feature': 'order_count', 'value': '1', 'effect': cast(-0.5 as double)}] as reasons
                from night.segmentations.assignments;
                create table customer_id_changes as
                select 'merge' as change_kind, 'c_merged' as former_customer_id, 'c_001' as customer_id,
                    date '2026-05-01' as changed_date;
                """
            )
        manifest = Manifest(
            version=draft.name,
            as_of_date=night,
            published_at=dt.datetime(night.year, night.month, night.day, 3, tzinfo=dt.UTC),
            run_id="run",
            tessera_version="0",
            files=hashed_files(draft.folder),
            marts={},
        )
        (draft.folder / MANIFEST_NAME).write_text(manifest.to_json(), encoding="utf-8")
    store.swap_to(draft.name)


def _write_features(con: duckdb.DuckDBPyConnection, maria: str) -> None:
    con.execute(
        f"""
        create schema features; create schema segmentations; create schema ml;
        create schema if not exists seeds;
        create table features.as_of_dates as
        select * from (values
            (date '{PAST}', false, date '{PAST}'), (date '{NIGHT}', true, date '{PAST}')
        ) as dates (as_of_date, is_tonight, boundaries_set_date);
        create table segmentations.int_rfm__boundaries as
        select * from (values (date '{PAST}', {RECENT_DAYS}), (date '{NIGHT}', 1)) as b (as_of_date, recency_days);
        create table seeds.rfm_map as
        select * from (values
            ('recent', 1, 'new'), ('recent', 2, 'potential_loyalist'), ('recent', 3, 'loyal'),
            ('silent', 1, 'lost'), ('silent', 2, 'hibernating')
        ) as rfm_map (recency, frequency, segment_code);
        create table features.feat_customers__purchases as
        with people as (
            select '{maria}' as customer_id, 37 as number
            union all
            select printf('c_%03d', number), number from range(1, {POPULATION}) as numbers (number)
        )
        select
            customer_id,
            cast(number % 4 as bigint) as order_count,
            case when number % 4 > 0 then cast(number * 7 % 120 as bigint) end as days_since_last_order,
            cast(if(number % 4 > 0, number * 13.57 % 400, 0) as decimal(18, 4)) as net_revenue_amount,
            date '2026-05-01' - cast(number as integer) as first_order_date,
            date '{NIGHT}' as as_of_date
        from people;
        -- A past date, of which nothing may be seen.
        insert into features.feat_customers__purchases
        select customer_id, 900, 9000, 90000, date '2020-01-01', date '{PAST}' from features.feat_customers__purchases;
        create table features.feat_customers__demographics as
        select
            customer_id,
            ['DE', 'AT', 'CH'][1 + cast(order_count as integer) % 3] as country,
            order_count = 2 as has_card,
            as_of_date
        from features.feat_customers__purchases;
        create table ml.ml_customers__clusters as
        select customer_id, 'c01' as segment_code
        from features.feat_customers__purchases
        where as_of_date = date '{NIGHT}';
        create table ml.ml_customers__predictions as
        select
            customer_id,
            cast(days_since_last_order as double) / 120 as p_return_365d,
            [{{'feature': 'order_count', 'value': '1', 'effect': cast(0.5 as double)}}] as reasons,
            as_of_date
        from features.feat_customers__purchases
        where order_count > 1 and as_of_date = date '{NIGHT}';
        """
    )


def _write_assignments(con: duckdb.DuckDBPyConnection) -> None:
    """What the schemes' SQL gives, as the night would have kept it."""
    selects = [
        f"select customer_id, scheme, segment_code from (\n{code}\n) as assigned".replace(
            "the date that is computed", str(NIGHT)
        )
        for code in (RFM, CUSTOM, CLUSTERS, CHANCES)
    ]
    con.execute(f"create table segmentations.assignments as {' union all '.join(selects)}")
