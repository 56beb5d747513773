{#- One row per campaign of tessera.yml that has an audience of ours, by its settings. -#}
{% macro audience_campaigns() -%}
    {% for campaign in var('audience_campaigns') -%}
    select
        '{{ campaign.campaign_id }}' as campaign_id,
        {{ sql_text(campaign.campaign_name) }} as campaign_name,
        '{{ campaign.channel }}' as channel,
        {{ sql_text(campaign.audience) }} as audience,
        cast({{ campaign.holdout_share }} as double) as holdout_share,
        cast({{ campaign.minimum_customers }} as bigint) as minimum_customers,
        cast({{ campaign.fatigue_contacts }} as bigint) as fatigue_contacts,
        cast({{ campaign.fatigue_days }} as integer) as fatigue_days,
        {{ 'true' if campaign.excludes else 'false' }} as has_exclusions,
        cast('{{ campaign.launches_on }}' as date) as launches_on_date,
        cast({{ "'" ~ campaign.ends_on ~ "'" if campaign.ends_on else 'null' }} as date) as ends_on_date
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% else -%}
    select
        cast(null as varchar) as campaign_id,
        cast(null as varchar) as campaign_name,
        cast(null as varchar) as channel,
        cast(null as varchar) as audience,
        cast(null as double) as holdout_share,
        cast(null as bigint) as minimum_customers,
        cast(null as bigint) as fatigue_contacts,
        cast(null as integer) as fatigue_days,
        cast(null as boolean) as has_exclusions,
        cast(null as date) as launches_on_date,
        cast(null as date) as ends_on_date
    where false
    {% endfor %}
{%- endmacro %}

{#- Customers whom the conditions of each campaign fit; `customers` is the relation that has the columns they ask. -#}
{% macro audience_members(customers) -%}
    {% for campaign in var('audience_campaigns') -%}
    select
        '{{ campaign.campaign_id }}' as campaign_id,
        customer_id
    from {{ customers }}
    where {{ campaign.when_sql }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% else -%}
    select
        cast(null as varchar) as campaign_id,
        cast(null as varchar) as customer_id
    where false
    {% endfor %}
{%- endmacro %}

{#-
    A number from 0 to 1 that is the customer's own in a campaign: the first 52 bits of a hash of both, so that it is the
    same on every night, machine and version of the database, and of two campaigns says nothing of each other.
-#}
{% macro arm_draw(campaign_id, customer_id) -%}
    cast(cast('0x' || left(sha256({{ campaign_id }} || '|' || {{ customer_id }}), 13) as bigint) as double)
    / 4503599627370496
{%- endmacro %}
