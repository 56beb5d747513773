"""Estimators: frames and arrays in, frames and arrays out.

Belongs here: segmenters, predictors and their evaluation, in scikit-learn manners.
Does not belong here: Dagster, DuckDB, dbt, Great Expectations, paths, environment variables, clocks.
"""
