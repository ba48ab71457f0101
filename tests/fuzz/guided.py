"""Fuzzing that is guided by what the code reaches: `python -m fuzz.guided TARGET` with options of libFuzzer."""

from __future__ import annotations

import sys
from pathlib import Path


def main(name: str, options: list[str]) -> None:
    """Fuzz one target from its seeds; what breaks it is kept by libFuzzer in the folder that -artifact_prefix names."""
    # The program is instrumented here and not when this module is imported: whoever imports it for its doctests would
    # go on with a program that is slow, and that compares wrongly where a side of a comparison is a conditional.
    import atheris

    sys.dont_write_bytecode = True  # a reader writes nothing, and what it imports does not either
    with atheris.instrument_imports(include=["refractory"], enable_loader_override=False):
        from fuzz.targets import TARGETS

    target = TARGETS[name]
    corpus = Path("build") / "fuzz" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(content)

    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={corpus.parent}/{name}-", *options], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
