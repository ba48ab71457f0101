"""Reported numbers held against arithmetic: what a paper prints, as a file, and what it can have come from."""
