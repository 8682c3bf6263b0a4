"""The `parley` command with no network: whatever in it would open a socket ends the program.

python -m demo.offline verify FILE --trust FILE
"""

from __future__ import annotations

import sys

from parley.cli.app import run


def _no_network(event: str, _arguments: object) -> None:
    if event.startswith("socket."):
        raise SystemExit("a check that is offline asked for the network")


def main(arguments: list[str]) -> int:
    """Run a command; audit hooks cannot be taken off again, so this is for a process of its own."""
    sys.addaudithook(_no_network)
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
