"""Reports: one outcome, rendered in many formats. They read and write nothing."""
