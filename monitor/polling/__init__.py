"""When and how accounts are read, and what an answer proves beside what is known.

Decides the next reading, what a window shows newly and whether a gateway is well; touches
gateways through `sources/` and stores readings. Never gives a verdict and never alerts anybody.
"""
