"""Benchmarks: each prints its figure, and a ratio to a reference measured in the same run."""
