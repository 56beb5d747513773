"""Dagster orchestration, ingestion and publishing of the nightly segmentation.

Belongs here: everything that touches a path, a clock, an environment variable, DuckDB, dbt or Dagster.
Does not belong here: what a contract means (``data_contracts``), how a model learns (``ml``), what a
segment is (``dbt_project``).
"""
