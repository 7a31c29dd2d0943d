"""The command line: arguments in, text and exit codes out.

Each module holds the commands of one subject; what they ask for is decided in `monitor.desk`, the
reports and the imports. Nothing here judges, and only `show` prints for people.
"""
