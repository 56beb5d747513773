-- One row per random campaign and customer of tonight: what contacting them is expected to change, as far as the
-- campaign tells; only of campaigns whose ranking proved better than chance on customers that it had not seen.
with uplift as (

    select * from {{ source('ml', 'ml_customers__uplift') }}

),

checks as (

    select * from {{ ref('int_campaigns__checks') }}

),

customer_uplift as (

    select
        uplift.customer_id,
        uplift.campaign_id,
        checks.campaign_name,
        uplift.expected_response_lift,
        uplift.expected_margin_lift,
        uplift.lift_tenth,
        uplift.as_of_date
    from uplift
    inner join checks on uplift.campaign_id = checks.campaign_id

)

select * from customer_uplift
