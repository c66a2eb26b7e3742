"""One run told in plain words."""
