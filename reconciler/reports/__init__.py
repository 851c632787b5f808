"""One plan, many renderings."""
