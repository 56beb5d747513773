"""The simulated company Linden & Loom: customers whose true kinds, needs and reactions are known.

Belongs here: drawing the company (``build.py`` puts the parts together), writing its files in the shapes of the
vendors, and the truth about it. Does not belong here: reading those files, or anything that a night runs.
"""
