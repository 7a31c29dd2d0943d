"""Answers: what people may reply to a message, by button, by link or in a chat.

Decides which answers a message offers, what a pressed button or an opened link stands for, and
what a written time means. It never carries an answer out, and touches nothing but the secret that
signs links.
"""
