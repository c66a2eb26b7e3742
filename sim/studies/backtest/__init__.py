"""Predictors of group decisions against real outcomes."""
