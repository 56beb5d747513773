"""Schemes that a company writes as rules in ``tessera.yml``, from their notation to SQL."""
