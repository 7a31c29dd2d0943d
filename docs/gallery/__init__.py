"""The gallery: one message of every sort, as it appears on every channel.

Writes docs/messages.md from invented facts and the product's own rendering. It is no part of the
product: it reads no configuration, opens no store and sends nothing.
"""
