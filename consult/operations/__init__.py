"""Keeping an installation: backup and restore."""
