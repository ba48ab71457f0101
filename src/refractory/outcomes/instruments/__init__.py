"""Scores of disease: what an instrument asks, how its totals are made, and what a sheet with gaps still says."""
