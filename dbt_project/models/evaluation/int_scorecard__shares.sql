-- One row per scheme, evaluated date with an earlier one to learn from and group of customers that is left out (-1:
-- none): how much of what customers did afterwards the scheme explains.
{{ scorecard_shares('int_scorecard__sums') }}
