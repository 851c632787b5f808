"""What all formats share: the outcome of a run, its entries, and its headline."""
