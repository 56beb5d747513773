"""Dagster assets, one module per stage of the night. Asset bodies read, call and write; the logic is elsewhere."""
