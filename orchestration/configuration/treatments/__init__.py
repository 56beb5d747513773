"""The treatment policy: which customer gets what, as rules that a person writes, read, checked and compiled."""
