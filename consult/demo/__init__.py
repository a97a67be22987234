"""The demonstration: an invented alliance, its consultations and its answers."""
