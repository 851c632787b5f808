"""The project file, its environments and its lock, and which manifests a run is for."""
