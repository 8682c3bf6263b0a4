"""`python -m demo`: see `demo.run`."""

from __future__ import annotations

import sys


def main() -> int:
    """Say that something is coming before the program is read in, which takes a second or two."""
    try:
        if not {"-h", "--help"} & set(sys.argv[1:]):
            sys.stdout.write("Founding an office and two parties …\n")
            sys.stdout.flush()
        from demo.run import main as play

        return play(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
