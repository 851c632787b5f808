"""The examination that writes: assumptions about the API, acted out on objects that are deleted again."""
