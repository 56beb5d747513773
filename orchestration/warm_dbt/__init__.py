"""A process with dbt imported and the project parsed, from which every dbt command of a run is forked.

Belongs here: how a dbt command is started. Does not belong here: which command that is.
"""
