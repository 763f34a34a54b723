"""The command `glasscall`. Each command is a file here, with `add(commands)` and `run(args) -> exit status`.

Commands from above this package (the window) announce themselves as entry points in the group `glasscall.commands`.
"""

from voip.cli.quietly import ends_quietly

with ends_quietly():
    from voip.cli.main import main

__all__ = ["main"]
