"""Sets from drafts: instances that are alike become one template, with overrides and values. Pure: no file, no I/O."""
