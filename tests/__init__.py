"""The suite. A package, because a library in the environment brings another one of this name."""
