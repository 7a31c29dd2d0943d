"""Three files and the environment in, checked settings out; or every problem of all of them.

Decides what a configuration may say and what it defaults to. Touches those files and no other
part of the program, and never shows a secret.
"""
