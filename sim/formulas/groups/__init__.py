"""Models of group decisions: pure functions on arrays, and a registry of predictors."""
