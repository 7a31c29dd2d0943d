"""Months and years as Word and Excel files.

Decides how a page or a sheet is laid out. Takes documents that are worked out already and
returns bytes; never counts anything itself and never touches the store.
"""
