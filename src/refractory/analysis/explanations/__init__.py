"""What else could explain the response: each doubt of a single-arm study with its estimate."""
