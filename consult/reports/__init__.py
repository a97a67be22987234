"""Reports that people read, print and send."""
