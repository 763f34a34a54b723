"""Private files (0600) in private folders (0700), written whole or not at all.

    temporary file beside it → write → fsync → rename (replace) or link (create; one winner) → fsync of the folder

Every failure is a `StoreError`: `not-writable`, `not-readable`, `disk-full`, `not-a-folder`, `missing`, `corrupted`,
`key-exposed`, `file-failed`.
"""

import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from voip.errors import StoreError

T = TypeVar("T")
Doing = Literal["read", "written"]


def write_private(path: Path, data: str) -> None:
    """Create or replace `path`. A reader sees the old content or the new, also after a power cut."""
    with explained(path, "written"), _temporary(path, data) as temporary:
        temporary.replace(path)
        _sync_folder(path.parent)


def create_private(path: Path, data: str) -> bool:
    """Create `path`; False, and nothing changed, if it is there. Of several callers one gets True."""
    with explained(path, "written"), _temporary(path, data) as temporary:
        try:
            # A hard link never replaces, and the file appears with all its content, unlike with O_EXCL.
            path.hardlink_to(temporary)
        except FileExistsError:
            return False
        _sync_folder(path.parent)
    return True


def create_private_folder(path: Path, files: Mapping[str, str]) -> bool:
    """Create folder `path` with all `files` in it at once; False, and nothing changed, if it is there."""
    with explained(path, "written"):
        make_private_folder(path.parent)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        try:
            for name, data in files.items():
                _write(temporary / name, data)
            _sync_folder(temporary)
            try:
                temporary.rename(path)
            except OSError as error:
                if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
                    return False
                raise
            _sync_folder(path.parent)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return True


def make_private_folder(path: Path) -> None:
    """Make `path` and what is missing above it; folders that are there keep their mode."""
    with explained(path, "written"):
        for folder in reversed([path, *path.parents]):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)


def require_writable(folder: Path) -> None:
    """Raise `StoreError` unless files can be made in `folder`: ask before spending an invite."""
    make_private_folder(folder)
    with explained(folder, "written"), _temporary(folder / "probe", "probe"):
        pass


def exists(path: Path) -> bool:
    """Whether `path` is there; `not-readable` when this user may not even ask."""
    with explained(path, "read"):
        return path.exists()


def read_text(path: Path) -> str:
    """The content of `path`; `missing` if there is none."""
    with explained(path, "read"):
        return _decode(path, path.read_bytes())


def read_key(path: Path) -> str:
    """The content of `path`, which holds a private key; refused (`key-exposed`) when others may read or write it."""
    with explained(path, "read"), path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode & 0o777
        if os.name == "posix" and mode & 0o077:
            raise StoreError(
                f"The private key in {path} is open to other users (mode {mode:04o}). If nobody else can have "
                f"read it, run: chmod 600 {path}",
                code="key-exposed",
            )
        return _decode(path, file.read())


def to_json(value: object) -> str:
    """`value` (dataclasses, dicts) as JSON that a person can read."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def read_json(path: Path, kind: type[T]) -> T:
    """The `kind` in `path`; `missing`, or `corrupted` when it is anything else."""
    try:
        return msgspec.json.decode(read_text(path), type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise corrupted(path, str(error)) from None


def corrupted(path: Path, why: str) -> StoreError:
    """The error for a file whose content makes no sense."""
    return StoreError(
        f"{path} is damaged: {why.rstrip('.')}. Restore it from a backup; without one, move it away and start it anew.",
        code="corrupted",
    )


@contextmanager
def explained(path: Path, doing: Doing) -> Iterator[None]:
    """Turn an `OSError` on `path` into a `StoreError` that says what to do."""
    try:
        yield
    except OSError as error:
        raise _explain(path, doing, error) from error


def _explain(path: Path, doing: Doing, error: OSError) -> StoreError:
    why = (error.strerror or str(error)).lower()
    match error.errno:
        case errno.EACCES | errno.EPERM | errno.EROFS:
            code = "not-readable" if doing == "read" else "not-writable"
            advice = "Give this user access to it, or name another folder."
        case errno.ENOSPC | errno.EDQUOT:
            code, advice = "disk-full", "Nothing was changed; make room and try again."
        case errno.ENOTDIR | errno.EEXIST | errno.EISDIR:
            code, advice = (
                "not-a-folder",
                "A file stands where a folder should be (or the reverse); name another.",
            )
        case errno.ENOENT:
            code, advice = "missing", "Restore it from a backup, or name another folder."
        case _:
            code, advice = "file-failed", "Check the disk, or name another folder."
    return StoreError(f"{path} cannot be {doing}: {why}. {advice}", code=code)


@contextmanager
def _temporary(path: Path, data: str) -> Iterator[Path]:
    make_private_folder(path.parent)
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        _write(temporary, data)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _write(path: Path, data: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, because of the mode from the first moment on
        file.write(data.encode())
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # pragma: no cover - other systems cannot open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _decode(path: Path, raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise corrupted(path, "it is not text") from None
