"""Results that were written down, read back and printed as a journal prints them."""
