"""Why a scenario ends as it does: what decides it, under which conditions, what would change it."""
