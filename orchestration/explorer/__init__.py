"""The explorer: one HTML file in each published version for people who never open a terminal.

Belongs here: what of the marts is on the page, the page itself and its parts. Does not belong here: sentences on
segments (``personas``), writing and serving versions (``publishing``).
"""
