"""Behavioural clusters: one estimator per file and the pure steps they share.

Belongs here: preparing features, choosing the number of clusters, fitting, naming. Does not belong here:
rule-based schemes (dbt), reading or writing data.
"""
