"""Models of what customers answer when they are asked: one estimator per file and the pure steps they share.

Belongs here: answers as a matrix, factors behind Likert items, latent classes of answers and of best-worst choices, and
the typing model that carries classes to customers who were not asked. Does not belong here: reading answers, the
satisfaction and needs rules (dbt), anything about how a survey tool exports.
"""
