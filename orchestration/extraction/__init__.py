"""From a database or an API to landing files that the loader takes like any other file.

Belongs here: connecting, reading from where the last committed batch ended, writing landing files, and saying clearly
what went wrong. Does not belong here: checking and committing rows (``ingestion``), what ``tessera.yml`` may say
(``configuration``).
"""
