"""Models of how much is asked for: forecasters of one monthly series each, and the proof of which of them to use.

Belongs here: forecasters, errors by rolling origin and what is said of them, the choice between methods. Does not
belong
here: reading sales, shares of segments (dbt), writing tables.
"""
