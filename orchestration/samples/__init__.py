"""Sample companies: real or simulated data and the ``tessera.yml`` that reads it."""
