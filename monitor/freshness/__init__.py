"""Whether an account is too long silent, and on what evidence. Pure.

Decides the verdict and the reason given for it, out of facts, a policy and an instant. Never
reads anything, and never decides who is notified.
"""
