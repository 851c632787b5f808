"""Finding and loading manifest files, never from outside their tree."""
