"""What is done with many runs: comparing, sweeping, solving, testing against outcomes."""
