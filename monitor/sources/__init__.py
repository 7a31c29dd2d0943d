"""What is read: one file a kind of gateway, each turning one answer into one `Fetched`.

Decides what an answer states and whether the gateway shows a sign of life; touches the gateway's
network address alone. Never judges an answer beside earlier ones, stores nothing, and never
raises for anything that a gateway can do.
"""
