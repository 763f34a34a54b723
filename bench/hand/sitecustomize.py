"""Lends alice's window a hand when `newcomer.py` puts this folder on PYTHONPATH; every other process stays as it is."""

import os
import sys

if "GLASSCALL_NEWCOMER" in os.environ and "phone" in sys.orig_argv and "--call" in sys.orig_argv:
    import newcomer_hand

    newcomer_hand.lend()
