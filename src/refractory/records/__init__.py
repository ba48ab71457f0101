"""What was written down: the records of a source, read, checked and accounted for."""
