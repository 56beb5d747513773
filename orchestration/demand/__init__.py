"""Demand: months of sales in, forecasts of categories and what they are worth out.

Belongs here: what of the night's data the forecasters of ``ml.demand`` see, calendars, the tables that they leave. Does
not belong here: the forecasters, Dagster (``orchestration.assets.demand``), segments' shares (dbt).
"""
