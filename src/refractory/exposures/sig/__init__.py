"""The daily dose that a written direction ("sig"), a FHIR dosage or a cell of a dose column says."""

from refractory.exposures.sig.reading import read_sig
from refractory.exposures.sig.steps import DoseStep, Sig

__all__ = ["DoseStep", "Sig", "read_sig"]
