"""How it is written down: a scene of shapes, wires and texts, and its translations into SVG, TikZ, PDF, ..."""
