"""What several kinds share: plain attributes, labels, values that do not fit. It names no kind."""
