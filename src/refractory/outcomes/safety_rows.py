"""The episodes of every person as rows, for the study team's own tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from refractory.outcomes.assess import Patient
from refractory.outcomes.safety_definition import ANY_EVENT

# One row per person and episode, and one without an event per person who has none.
EPISODE = (
    "person_id", "follow_up_days", "stop_reason", "event", "first_date", "day", "is_at_risk", "is_control",
    "days_since_treatment", "cycles", "risk_days", "control_days",
)  # fmt: skip


def list_episode_rows(patients: Sequence[Patient]) -> list[tuple[Any, ...]]:
    """List the episodes of every person in the order of the cohort, by event and day."""
    rows: list[tuple[Any, ...]] = []
    for patient in patients:
        if patient.safety is None:
            continue
        person, day0 = patient.member.person_id, patient.member.day0_date
        about = (person, patient.safety.follow_up_days, patient.safety.stop_reason)
        own = [
            (event.risk_days, event.control_days, episode)
            for name, event in patient.safety.events.items()
            if name != ANY_EVENT
            for episode in event.episodes
        ]
        for risk_days, control_days, one in own:
            days = (day0 + timedelta(days=one.day), one.day, one.is_at_risk, one.is_control, one.days_since)
            cycles = "+".join(map(str, one.cycles)) or None
            rows.append((*about, one.event, *days, cycles, risk_days, control_days))
        if not own:
            rows.append((*about, *[None] * (len(EPISODE) - len(about))))
    return rows
