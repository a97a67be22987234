"""What the finder of personal data finds and what it finds in vain, on sentences of a kind."""
