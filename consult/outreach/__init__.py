"""The staff's pages for asking people: groups, the roll, codes, letters, and who has been heard."""
