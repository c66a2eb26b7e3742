"""What is done with many runs: comparing them."""
