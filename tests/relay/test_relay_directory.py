"""The directory in memory."""

from voip.relay.directory import Directory, MemoryDirectory


def test_who_is_where() -> None:
    directory: Directory[object] = MemoryDirectory()
    first, second = object(), object()
    assert directory.find("alice") is None
    directory.enter("alice", first)
    directory.enter("alice", second)
    assert directory.leave("alice", first) is False
    assert directory.find("alice") is second
    assert directory.leave("alice", second) is True
    assert directory.leave("alice", second) is False
    assert directory.find("alice") is None
