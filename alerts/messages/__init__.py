"""Messages: the facts of a notice become text, in the language of its reader.

Decides which sentences stand in which order, one file a kind of message, and how many notices
share one message. Computes only: it neither sends nor stores, and it never decides that a message
is due.
"""
