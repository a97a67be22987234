"""Who is asked: stakeholder groups, the participants on a roll, their codes, and the letters sent to them."""
