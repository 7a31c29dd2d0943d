"""Who must be told, and were they? Knows nothing of feeds or platforms and never imports `monitor`."""
