"""Themed summaries: what a reviewer writes about each question and about the whole, signed off and kept."""
