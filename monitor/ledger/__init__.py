"""What was published, how well that is known, and what it adds up to. Pure.

Decides identity of posts, coverage and gaps, lapses, totals, and why counts differ. Works on
values that it is given; never reads a store, a clock or a file.
"""
