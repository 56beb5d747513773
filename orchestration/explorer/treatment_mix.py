"""Which treatments the customers of each segment got.

Belongs here: finding the dimensions of treatment in the mart and counting their options by segment. Does not belong
here: sentences on them (``personas.advice``), sums that need no treatments (``summaries``).
"""

from __future__ import annotations

from orchestration.explorer.reading import Marts, Table

_OPTION, _RULE = "_code", "_rule_code"
_NAMES = {"dimension", "dimension_name", "option_code", "option_name"}
_MEMBERS = """
create or replace temp table treated as
select memberships.scheme, memberships.segment_code, treatments.*
from segment_memberships as memberships
inner join treatments on memberships.customer_id = treatments.customer_id
where memberships.is_current
"""
_COUNTED = """
with counted as (
    {each}
),
told as (
    select *, sum(customers_count) over (partition by scheme, segment_code, dimension) as segment_customers_count
    from counted
),
names as (
    {names}
)
select
    told.scheme, told.segment_code, told.dimension, told.treatment,
    coalesce(any_value(names.dimension_name), told.dimension) as dimension_name,
    coalesce(any_value(names.option_name), told.treatment) as treatment_name,
    any_value(told.customers_count) as customers_count,
    any_value(told.customers_count / told.segment_customers_count) as treated_share,
from told
left join names on told.dimension = names.dimension and told.treatment = names.option_code
where told.customers_count >= $smallest
group by told.scheme, told.segment_code, told.dimension, told.treatment
order by told.scheme, told.segment_code, told.dimension, customers_count desc, told.treatment
"""
_ONE = """
select scheme, segment_code, '{dimension}' as dimension, "{dimension}_code" as treatment, count(*) as customers_count
from treated
where "{dimension}_code" is not null
group by all
"""
_NO_NAMES = """
select null::varchar as dimension, null::varchar as option_code, null::varchar as dimension_name,
    null::varchar as option_name
where false
"""


def treatment_mix(marts: Marts, *, smallest: int) -> Table | None:
    """Customers of each segment by dimension of treatment and option; None where the version has no treatments.

    Args:
        marts: The version's marts.
        smallest: Options that fewer customers of a segment have are not told.
    """
    columns = marts.columns("treatments")
    # A dimension is an option and the rule that chose it.
    dimensions = sorted(
        name.removesuffix(_RULE)
        for name in columns
        if name.endswith(_RULE) and f"{name.removesuffix(_RULE)}{_OPTION}" in columns
    )
    if not dimensions or not {"scheme", "segment_code", "is_current"} <= set(marts.columns("segment_memberships")):
        return None
    marts.run(_MEMBERS)
    has_names = set(marts.columns("treatment_rules")) >= _NAMES
    names = f"select distinct {', '.join(sorted(_NAMES))} from treatment_rules" if has_names else _NO_NAMES
    each = " union all ".join(_ONE.format(dimension=dimension) for dimension in dimensions)
    return marts.query(_COUNTED.format(each=each, names=names), {"smallest": smallest})
