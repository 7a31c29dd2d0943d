"""Files that people hand in: console exports, rosters, calendars; checked whole before use.

Decides what a file says and names every bad line. Touches the file that it is given and, to
keep what it says, the store; never keeps a part of a file that has a mistake.
"""
