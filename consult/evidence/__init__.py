"""Evidence: every text of a consultation, cut into excerpts, whatever source it comes from."""
