"""What a store offers, a Protocol a noun. All of them are kept by SQLite and PostgreSQL alike.

Every method is its own transaction unless it says otherwise. All instants are aware and in UTC.
"""
