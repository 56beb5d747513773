"""Drafting a source out of a file that the project has never seen."""
