"""The commands of `consult`, a module a subject."""
