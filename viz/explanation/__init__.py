"""The same graph in words and formulas: what was computed, what each gate passed back, and why."""

from viz.explanation.explain import FORMATS, Explanation, explain

__all__ = ["FORMATS", "Explanation", "explain"]
