"""Arrays in, estimates out: nothing here has heard of a person, a date or a code."""
