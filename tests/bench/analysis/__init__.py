"""How good and how quick the analysis is, on every known kind of set, beside other programs."""
