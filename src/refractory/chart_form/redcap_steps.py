"""What a data dictionary of REDCap cannot say: what must be set by hand, and how the export gets back."""

from __future__ import annotations

from collections.abc import Sequence


def say_redcap_steps(title: str, dictionary: str, export: str, repeating: Sequence[str]) -> str:
    """Say the steps from the dictionary to the report, as the text file beside it."""
    instruments = "\n".join(f"     {name}" for name in repeating)
    return f"""{title}

1. In a new, classic project of REDCap (not longitudinal): Project Setup, Data Dictionary, upload {dictionary}.

2. A dictionary cannot say that an instrument repeats. Project Setup, "Repeating instruments and events", Modify:
   tick these {len(repeating)} instruments, and no other.
{instruments}

3. Enter every person who had the treatment, one record each; a second drug, visit or event is a new instance.

4. Data Exports, "All data", CSV / Microsoft Excel (raw data); save the file as {export} beside
   {dictionary} and its mapping. Then:

     refractory run STUDY --records {export}

Choices have codes made of their words, so that an export can be read by eye. "today" as the latest day needs REDCap
12.1 or newer; an older one ignores it or asks to take it out.
"""
