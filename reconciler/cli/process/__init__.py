"""The process: its standard streams, its signals, and mistakes in reconciler itself."""
