"""Reading other formats into scenario files, and writing scenarios in theirs."""
