"""People: who holds an account, who is on duty on a day, and whom a role means.

Decides how custody passes from one person to the next, which days the roster leaves uncovered, and
who stands in for somebody who cannot be reached. Computes only: it never reads records, and never
notifies anybody itself.
"""
