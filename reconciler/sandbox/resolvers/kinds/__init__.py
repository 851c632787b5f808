"""One module for each group of objects: its queries, mutations and fields, in ``ANSWERS``; ``registry`` finds it."""
