"""How good and how steady the models are: pure functions on arrays and series.

Belongs here: label matching, stability, backtests, calibration, scorecards. Does not belong here: estimators,
thresholds of a deployment, reading or writing results.
"""
