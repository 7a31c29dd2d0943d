"""What is published, and is it fresh? Reads account feeds, keeps the ledger and reaches verdicts."""
