"""The use cases. Each takes a Session, and none knows how its steps are done."""
