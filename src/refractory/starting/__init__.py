"""A mapping and a protocol to start from: what a sheet holds, as far as it can be told from the sheet."""
