"""What reconciler costs, measured: ``python -m benchmarks``, or ``make bench``."""
