"""From verdicts to alerts: which trouble is due, and who is notified of it.

Decides nothing that `freshness`, `ledger`, `polling` or `alerts.rules` decide: it puts their
answers in order. Touches the store, one transaction a subject; never a gateway and never a channel.
"""
