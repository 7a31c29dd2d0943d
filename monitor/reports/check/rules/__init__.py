"""The rules of the check, one file a subject. Each takes a `Report` and yields findings. Pure."""
