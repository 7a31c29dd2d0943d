"""The year 2024, played in half a minute with the whole program.

It moves the clock from one due instant to the next over a temporary database, a scripted gateway
and a console channel. It never opens the configured database.
"""
