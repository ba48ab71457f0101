"""Instruments that a user writes in Python: a module that holds `INSTRUMENT`."""

from __future__ import annotations

import sys
import traceback
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from refractory.errors import InstrumentError
from refractory.outcomes.instruments.declared import Instrument, check_instrument

_NAME = "INSTRUMENT"


def read_python_instrument(path: Path) -> Instrument:
    """Run a Python file and return its INSTRUMENT. The file is a program: open only those that you trust.

    Raises:
        InstrumentError: When the file fails, or holds no instrument whose parts fit together.
    """
    spec = spec_from_file_location("refractory_user_instrument", path)
    if spec is None or spec.loader is None:
        raise InstrumentError("this is no Python file.", where=str(path), remedy="give a file that ends in .py.")
    module = module_from_spec(spec)
    keeps_byte_code, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except OSError as error:
        raise InstrumentError(
            f"the file cannot be read: {error.strerror}.", where=str(path), remedy="give the path of a Python file."
        ) from None
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else (lines or [None])[-1]
        raise InstrumentError(
            f"the file fails with {type(error).__name__}: {error}.",
            where=f"{path}, line {line}" if line else str(path),
            remedy="run it with Python by itself until it ends.",
        ) from None
    finally:
        sys.dont_write_bytecode = keeps_byte_code
    found = getattr(module, _NAME, None)
    if not isinstance(found, Instrument):
        raise InstrumentError(
            f"the file holds no {_NAME}." if found is None else f"its {_NAME} is a {type(found).__name__}.",
            where=str(path),
            remedy=f"end it with {_NAME} = Instrument(...).",
        )
    check_instrument(found)
    return found
