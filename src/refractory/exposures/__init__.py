"""What they took: eras, cycles, doses."""
