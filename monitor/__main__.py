"""`python -m monitor`: the same as the command `freshness`."""

from monitor.commands.main import main

if __name__ == "__main__":
    main()
