"""Files that a run writes: as a whole or not at all, and through no link that a checkout holds."""
