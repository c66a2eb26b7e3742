"""Why a scenario ends as it does: what decides it, what must be true, what would change it."""
