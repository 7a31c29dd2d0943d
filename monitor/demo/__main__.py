"""`python -m monitor.demo FOLDER`: plays the year into a new folder, for who shows it elsewhere."""

import sys
from pathlib import Path

from monitor.demo.year import play

if __name__ == "__main__":
    play(keep=Path(sys.argv[1]))
