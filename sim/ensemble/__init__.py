"""Many worlds: chunks, where they are run, where they are kept, and the run of a scenario."""
