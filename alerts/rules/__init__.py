"""Rules: when somebody must be notified, and when an alert begins, climbs and ends.

Decides by the ladder, the calendar of working days, and what was done before; and whether the
service has done its duty. Computes only: no clock, no store, and no account is known here.
"""
