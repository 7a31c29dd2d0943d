"""Delivery: notices that are due go out, and what becomes of each is recorded.

Decides when a failed attempt is repeated, when it goes by the person's next channel, and when
nobody but a human can help. Touches the outbox and the channels; it never decides who is notified
of what, or in which words.
"""
