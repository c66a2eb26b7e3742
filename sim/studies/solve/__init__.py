"""``python -m sim solve``: what theory says of a scenario, before anybody bargains."""
