"""Consultations: their lifecycle, the pages on which people answer, and the published results."""
