"""The reviewers' workshop: themes, coding, changes that can be undone, and the jobs that suggest."""
