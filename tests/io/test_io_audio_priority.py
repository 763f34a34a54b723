"""A thread's priority: what the system gives, and nothing breaks where it gives nothing."""

import os
import sys
import threading

import pytest

from voip.io.audio import priority

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems raise their audio threads themselves")


def in_a_thread(found):
    def run():
        found.append(priority.raise_priority())
        found.append(os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK)
        found.append(os.getpriority(os.PRIO_PROCESS, 0))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found


def test_what_was_got_is_what_is_said_and_of_that_thread_alone():
    before = os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)
    said, scheduler, nice = in_a_thread([])
    assert said in ("real time", "nice −11", "ordinary")
    assert (said == "real time") == (scheduler == os.SCHED_RR)
    assert (said == "nice −11") == (nice == -11)
    assert (os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)) == before


def test_it_falls_back_in_silence(monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(priority.os, "sched_setscheduler", refuse)
    assert in_a_thread([])[0] in ("nice −11", "ordinary")
    monkeypatch.setattr(priority.os, "setpriority", refuse)
    assert in_a_thread([])[0] == "ordinary"
    monkeypatch.setattr(priority.sys, "platform", "darwin")
    assert in_a_thread([])[0] == "ordinary"
