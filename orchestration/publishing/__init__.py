"""Immutable published versions and the one pointer that says which is served.

Belongs here: writing a version's files, its manifest, the version store with swap, rollback and retention,
and the publisher that puts them in order. Does not belong here: whether a night may be published (the gate),
Dagster, what a mart means.
"""
