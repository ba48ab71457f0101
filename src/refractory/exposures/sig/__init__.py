"""The daily dose that a written direction ("sig"), a dosage of FHIR or a cell of a dose column says."""

from refractory.exposures.sig.cells import read_dose_cell
from refractory.exposures.sig.fhir import read_fhir_dosage
from refractory.exposures.sig.reading import read_sig
from refractory.exposures.sig.steps import DoseStep, Sig
from refractory.exposures.sig.stretches import DoseStretch, derive_sig_stretches

__all__ = [
    "DoseStep",
    "DoseStretch",
    "Sig",
    "derive_sig_stretches",
    "read_dose_cell",
    "read_fhir_dosage",
    "read_sig",
]
