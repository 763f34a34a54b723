"""`python -m voip.cli`: the same as `glasscall`."""

import sys

from voip.cli.main import main

sys.exit(main())
