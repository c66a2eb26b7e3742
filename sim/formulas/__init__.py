"""Pure functions on arrays, each next to its paper. No Mesa, no YAML, no files, no words."""
