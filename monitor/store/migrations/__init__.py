"""The schema's history, a numbered file a step; run by `monitor.store.migrating`."""
