"""Solution concepts of bargaining theory, as pure functions on arrays."""
