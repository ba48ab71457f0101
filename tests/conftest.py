"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# A slow machine is no defect of a law; the pinned choice of examples makes a failure the same for everybody.
settings.register_profile("refractory", deadline=None, derandomize=True)
settings.load_profile("refractory")
