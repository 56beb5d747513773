"""Whom to contact, in the night: campaigns that chance decided, the ranking learnt from each, and how good it is.

Belongs here: which campaigns and features are learnt from, what is published. Does not belong here: Dagster, how a
ranking is learnt and judged (``ml.uplift``), what a campaign brought (dbt).
"""
