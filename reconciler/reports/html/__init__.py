"""One HTML page without outside resources."""
