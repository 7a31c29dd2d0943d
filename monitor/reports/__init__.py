"""What goes out on paper: months, years, forms, and the check of a finished report."""
