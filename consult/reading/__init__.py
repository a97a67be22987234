"""Reading what was said: by group, by source, over time, together, and one against another."""
