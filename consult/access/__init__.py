"""Staff accounts, what each may do, and the record of what they did."""
