"""Why a customer is in its segments, and what would have to change for another one.

The published version says the segment and its reasons, the catalogue the rule in words; what would have to change is
found out by running the scheme's own SQL on made-up variants of the customer. Everything here reads, and knows neither
a console nor Dagster.
"""
