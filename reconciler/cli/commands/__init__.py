"""The commands, one file each: options in, workflow, report out, exit code."""
