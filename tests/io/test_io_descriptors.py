"""What the system lets us have open."""

import subprocess
import sys

import pytest

resource = pytest.importorskip("resource")

PROGRAM = """
import resource
from voip.io.descriptors import room_for
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
print(room_for(1000), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "room", "after"),
    [(256, 4096, 1000, 1128), (2000, 4096, 1000, 2000), (256, 512, 384, 512), (100, 100, 0, 100)],
)
def test_the_limit_is_raised_as_far_as_it_goes(soft: int, hard: int, room: int, after: int) -> None:
    command = [sys.executable, "-c", PROGRAM.format(soft=soft, hard=hard)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == [str(room), str(after)]
