"""Files as people have them: read with a byte order mark or without, written whole or not at all.
A leaf without sympy."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from derive.errors import DeriveError


def read_text(path: Path, example: str) -> str:
    """A file's text; `example` is a name to say where a folder is given. Raises DeriveError."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except IsADirectoryError:
        raise DeriveError(
            f"{path} is a folder; name the file in it, such as {path / example}"
        ) from None
    except OSError as error:
        raise DeriveError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:  # not UTF-8, or a zero in the name
        at = getattr(error, "start", None)
        mend = "" if at is None else f": not UTF-8 (byte {at}); save it as UTF-8"
        raise DeriveError(f"{path.name}{mend or f': {error}'}") from None


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises DeriveError naming the file, and what is wrong with it."""
    import tomllib

    text = read_text(path, "problem.toml").replace("\r\n", "\n")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeriveError(f"{path.name}: not TOML: {error}") from None
    except RecursionError:
        raise DeriveError(f"{path.name}: lists in lists too deep to be read") from None


def read_json(path: Path, most: int) -> Any:
    """What a JSON file of at most so many bytes holds. Raises DeriveError, also for a key that
    stands twice in one object, or for half a character."""
    import json

    if path.is_file() and path.stat().st_size > most:
        raise DeriveError(f"{path.name}: larger than {most} bytes")
    text = read_text(path, "network.json")
    try:
        found = json.loads(text, object_pairs_hook=_once)
        if "\\u" in text:  # elsewhere no half of a character can stand
            json.dumps(found, ensure_ascii=False).encode("utf-8")
        return found
    except UnicodeEncodeError as error:
        half = error.object[error.start].encode("unicode_escape").decode()
        raise DeriveError(f"{path.name}: {half} is half of a character") from None
    except json.JSONDecodeError as error:
        raise DeriveError(f"{path.name}: no JSON: {error}") from None
    except RecursionError:
        raise DeriveError(f"{path.name}: lists in lists too deep to be read") from None
    except DeriveError as error:
        raise DeriveError(f"{path.name}: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's keys, each of which stands once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DeriveError(f'the key "{twice}" stands twice in one object; give it once')
    return found


def write(content: str | bytes, path: Path) -> None:
    """Write a file whole or not at all: what is there keeps its rights, a link is written through.
    Raises DeriveError where it cannot be written, or is no plain file."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = None
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            raise DeriveError(f"{path}: a directory or a device; give a file to write")
        rights = target.stat().st_mode & 0o7777 if target.exists() else 0o644
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, rights)
        os.replace(temporary, target)
    except (OSError, RuntimeError) as error:  # a circle of links is a RuntimeError
        raise DeriveError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
