"""``python -m sim run`` for scenarios with listed options: one session of stacked offers."""
