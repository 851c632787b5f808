"""Config variables and connections: their values in YAML and in the API, and how they compare."""
