"""What customers will do next: simple baselines, boosted trees, and what a prediction rests on.

Belongs here: supervised predictors on panels. Does not belong here: judging them (``ml.evaluation``), reading
features or writing predictions, decisions about customers.
"""
