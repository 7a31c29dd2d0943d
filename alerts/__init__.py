"""Alerts: who must be notified of what, and whether it reached them.

Decides nothing about accounts or gateways: `monitor` says what is due of them. This package never
imports `monitor`.
"""
