"""What of the results may be sent to others: small counts are suppressed, and what would give them away."""
