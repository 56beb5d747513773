"""Who will buy again, how often and for how much: one estimator per file and the steps they share.

Belongs here: buying models (BG/NBD, MBG/NBD, Pareto/NBD), the spend model (Gamma-Gamma), their maximum likelihood,
what follows from them for a horizon. Does not belong here: margins and currencies (the caller's columns), labels for
a classifier, reading or writing data.
"""
