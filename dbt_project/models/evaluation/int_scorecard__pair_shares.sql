-- One row per pair of schemes and group of customers that is left out (-1: none), on the newest date that schemes are
-- judged on: how much of what customers did afterwards the cross of the two explains.
{{ scorecard_shares('int_scorecard__pair_sums') }}
