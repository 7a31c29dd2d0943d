"""Who must be told, and were they? Never imports `monitor`."""
