"""What the charts of a comparison show, one view per chart."""
