"""Sweeps: a scenario over many values of its parameters, in the same worlds."""
