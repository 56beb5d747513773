"""Notices: telling people, by chat or e-mail, how a night went.

Belongs here: what a notice says, the channels, who was told already. Does not belong here: what a digest says
(``digest``), Dagster.
"""
