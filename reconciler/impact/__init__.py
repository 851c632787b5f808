"""Impact: the resources that an unpublished version of an integration would break."""
