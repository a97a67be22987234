"""How the small shipped weights were made, to be run again by whoever has the data."""
