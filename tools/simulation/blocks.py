"""All blocks of the simulation, in the order of the page."""

from __future__ import annotations

import counted
import drawn
import groups
import models

import courses

BLOCKS = {**counted.BLOCKS, **drawn.BLOCKS, **groups.BLOCKS, **models.BLOCKS, **courses.BLOCKS}
