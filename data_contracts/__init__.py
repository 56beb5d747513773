"""Data contracts: what is accepted from outside, and what readers outside may rely on.

Belongs here: the contract files, how to read them, and what is rendered from them (quarantine SQL,
expectation suites, dbt boundary YAML). Does not belong here: files of data, the lake, Dagster, or anything
that decides when a contract is applied; this package imports nothing else of the project.
"""
