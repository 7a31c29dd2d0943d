"""Where messages go: one file a kind of channel, each with what its service's answers mean.

Decides whether a delivery arrived, failed for now or failed for good, and touches the service's
network address alone. Never decides who is notified of what, and never tries again by itself.
"""
