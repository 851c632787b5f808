"""What surrounds a command: progress, questions, reports, receipts and the files of a run."""
