"""The commands of ``python -m sim``: what each runs, writes and says."""
