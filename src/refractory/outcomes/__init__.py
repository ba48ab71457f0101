"""How they did: response, cycles to response, sparing."""
