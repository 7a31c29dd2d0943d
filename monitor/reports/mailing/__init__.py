"""The month's report by mail: to whom, when, and whether it has gone out.

Decides when a month is due and what to do about a failure. Touches the mail channel and the
store's notes of what was sent; never sends a month twice to one person.
"""
