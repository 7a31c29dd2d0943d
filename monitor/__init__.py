"""What is published, and is it fresh? Reads feeds, keeps the ledger, reaches verdicts."""
