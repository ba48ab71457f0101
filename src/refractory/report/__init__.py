"""What is printed: tables, figures and text, drawn from results alone."""
