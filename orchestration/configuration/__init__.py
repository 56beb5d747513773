"""Reading and validating ``tessera.yml``."""
