"""Schemes whose segments an estimator finds or infers each night: one file a scheme, and what they share.

Belongs here: which customers and features an estimator gets, and its segments as the warehouse takes them. Does not
belong here: how an estimator learns (``ml``), Dagster (``assets``), what a feature means (``dbt_project``).
"""
