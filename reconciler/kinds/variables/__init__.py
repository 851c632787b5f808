"""Config variables and connections: their values in YAML, on the wire, and compared."""
