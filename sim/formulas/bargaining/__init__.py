"""Pure functions on arrays: utility, walk, learning, drafting. No Mesa, no YAML, no files."""
