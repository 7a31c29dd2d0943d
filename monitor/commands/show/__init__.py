"""What the commands show to people, and the one way out to the terminal.

Takes answers and the catalogue, prints tables and lines through `console.out`. Decides nothing and
never opens a file, a database or a connection.
"""
