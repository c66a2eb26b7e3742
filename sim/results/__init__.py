"""What came of worlds: the labelled dataset, outcomes and their names, the summary."""
