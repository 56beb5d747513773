"""Audiences: who was in a campaign when it began, who must not be contacted, and the files that leave the house."""
