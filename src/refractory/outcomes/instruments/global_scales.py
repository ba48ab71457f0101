"""Global assessments on a visual analogue scale, in centimetres and in millimetres."""

from __future__ import annotations

from refractory.outcomes.instruments.declared import Instrument, Item, Total

_SOURCE = "IMACS core set measures; Rider et al., Arthritis Care Res 2011;63(S11):S118"


def _scale(key: str, who: str, length: int, unit: str) -> Instrument:
    name = f"{who}'s global assessment of disease activity, visual analogue scale"
    mark = Item(key.replace("-", "_"), f"Mark on the line, {unit}", 0, length, is_whole=False)
    total = Total("score", f"Global activity, {unit}", 0, length, "worse", mark.key, _SOURCE, "G")
    return Instrument(key, name, f"0 to {length} {unit}", (mark,), (total,))


PHYSICIAN_GLOBAL = _scale("physician-global", "Physician", 10, "cm")
PHYSICIAN_GLOBAL_MM = _scale("physician-global-mm", "Physician", 100, "mm")
PATIENT_GLOBAL = _scale("patient-global", "Patient", 10, "cm")
PATIENT_GLOBAL_MM = _scale("patient-global-mm", "Patient", 100, "mm")
