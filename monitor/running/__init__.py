"""The service as a process: its loops, its signals, its front ends and its audit.

Decides when the parts of the composition root run, and when they are begun anew or left behind.
Never judges an account or writes a message, and never ends the process itself.
"""
