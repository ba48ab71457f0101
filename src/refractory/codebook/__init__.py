"""The analysis set as a table that any program of statistics reads, and the book that explains its columns."""
