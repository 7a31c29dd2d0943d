"""One month of all accounts: its figures, how they are worded, and the page.

Decides what a month counts and what it must say beside each number. Works on what the ledger
holds; never sends anything and never writes a file.
"""
