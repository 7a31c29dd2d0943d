"""Accounts and gateways: what is published, how well that is known, and whether it is fresh.

Decides verdicts and what is due of an alert; `alerts` decides who is notified, and delivers."""
