"""Factories of Dagster asset checks."""
