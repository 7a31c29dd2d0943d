"""What anybody may ask of the accounts and answer to alerts, whichever way they come in.

Decides who may see what and which requests are refused; reads the store and records answers
in it. Prints nothing, sends nothing, and knows neither commands nor pages.
"""
