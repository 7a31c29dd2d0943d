"""What goes out on paper: months, years, forms, and the check of a finished report.

Figures come from the ledger and are worked out once, then printed, written to files and mailed.
Touches the store, files and mail; decides no verdict and sends no alert.
"""
