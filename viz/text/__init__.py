"""How numbers, names and formulas are written, in plain text and in LaTeX."""
