"""What delivery and reading share: web requests with their deadlines, the redactor of secrets,
lazy loading, local time. Decides nothing about channels, gateways or alerts, which it does not
know; touches sockets and the environment's certificates, never files or the database.
"""
