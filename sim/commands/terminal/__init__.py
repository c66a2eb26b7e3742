"""What commands say on the terminal, in plain words."""
