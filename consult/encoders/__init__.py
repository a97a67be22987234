"""Encoders beside the built-in one, and the server that may be asked."""
