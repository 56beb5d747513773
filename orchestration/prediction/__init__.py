"""What customers will do next, in the night: panel, models, the proof of each, what is published.

Belongs here: which rows and features models get, which dates a model may serve, what is published where a model is no
better than a simple baseline. Does not belong here: Dagster, how models learn (``ml``), segments made of predictions.
"""
