"""Who is who: which records are one person or one company, and under which customer_id.

The order of the work: profiles -> identifiers -> links -> candidates -> scores -> clusters -> customer ids -> state.
Everything here works on one DuckDB connection of its own and knows neither Dagster nor dbt.
"""
