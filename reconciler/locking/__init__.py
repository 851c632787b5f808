"""The lock: the version that ``latest`` means, and the changes of a newer one."""
