"""Functions whose decisions depend on their inputs: one recorded path for each answer, chosen again at each call."""
