"""One year of all accounts: figures, their evidence, the forms, and frozen versions.

Decides what may stand in a published report and what only as a lower bound. Touches the store
to read the ledger and to freeze a year; never changes a version once it is frozen.
"""
