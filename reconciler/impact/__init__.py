"""The forecast: what a version of an integration that is not published yet would do to which manifests."""
