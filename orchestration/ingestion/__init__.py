"""From a landing file to checked rows in the lake.

Belongs here: reading files record by record, the quarantine of rejected records, the immutable lake, and the
loader that ties them together and reconciles. Does not belong here: Dagster assets, dbt, what a good row is
(data_contracts).
"""
