"""What the simulator costs, measured: ``python -m benchmarks`` (see ``docs/benchmarks.md``)."""
