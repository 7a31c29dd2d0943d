"""The built-in sample gateway: scripted accounts behind a real HTTP server on loopback.

It decides only what its script shows at an instant, and answers as the real gateways do. It never
reads a real account and touches no store.
"""
