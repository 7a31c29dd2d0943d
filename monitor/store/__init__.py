"""The database: every noun of the ledger, of reading and of alerting, in SQLite or PostgreSQL.

Decides nothing but how what several sources say of one post adds up (`sighting`). Touches the
database alone, one transaction a call; never asks the network, the clock or a file for a fact.
"""
