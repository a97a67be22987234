"""XLSForm in and out. Reading rests on pyxform's parser, which knows all aliases and old spellings."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from surveys.xlsform.notices import Notice, XlsformError

if TYPE_CHECKING:
    from surveys.xlsform.read import Imported, read_xlsform
    from surveys.xlsform.write import write_xlsform, xlsform_bytes

__all__ = ["Imported", "Notice", "XlsformError", "read_xlsform", "write_xlsform", "xlsform_bytes"]
_HOMES = {"Imported": "read", "read_xlsform": "read", "write_xlsform": "write", "xlsform_bytes": "write"}


def __getattr__(name: str) -> Any:
    """Reader and writer are loaded when they are first used: the parser takes longer to import than all the
    rest, and holds up the start of every process. So import this room, not names out of it, where that counts."""
    if name in _HOMES:
        return getattr(import_module(f"surveys.xlsform.{_HOMES[name]}"), name)
    raise AttributeError(name)
