"""The gate: what was checked in this build, what should have been, and whether the result may be published."""
