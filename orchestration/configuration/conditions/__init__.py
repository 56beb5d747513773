"""Conditions that a person writes on columns of customers, from their notation to SQL and words."""
