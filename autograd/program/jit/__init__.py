"""Programs run by numba: one compiled function that reads a plan as a row of integers."""
