"""What runs a plan: NumPy or plain Python; numba has a room of its own (`autograd.program.jit`)."""
