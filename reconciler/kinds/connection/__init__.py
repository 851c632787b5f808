"""The kind Connection: connections that instances share, and how other kinds refer to one."""
