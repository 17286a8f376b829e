"""Formulas as users type them: ``read`` makes Values of them, ``errors`` says where they are wrong."""
