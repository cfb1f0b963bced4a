"""`python -m derive`, and the command `derive`."""

import sys

try:
    from derive.commands.main import main
except KeyboardInterrupt:  # while this is read; later click sees to it
    sys.exit(130)

if __name__ == "__main__":
    main(prog_name="derive")
