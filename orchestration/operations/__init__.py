"""What a person does beside the nightly run: serve an earlier version, publish again, have models learn anew.

Belongs here: one operation a file, as a function for the console and as a job for Dagster's launchpad. Does not belong
here: how versions are kept (``publishing``), how a night is built (``assets``).
"""
