"""What the first lines of every report of a study say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refractory import __version__
from refractory.analysis.results import StudyHead

if TYPE_CHECKING:
    from refractory.protocol import Protocol
    from refractory.records.read import Records


def build_head(protocol: Protocol, records: Records) -> StudyHead:
    """Build what the first lines of a report say."""
    return StudyHead(
        name=protocol.study.name,
        title=protocol.study.title,
        question=protocol.study.question,
        citation=protocol.study.citation,
        treatment=protocol.treatment.concept,
        disease=protocol.disease.name,
        outcome=protocol.response.name,
        source_name=records.source_name,
        is_invented=records.is_invented,
        protocol_hash=protocol.hash,
        version=__version__,
    )
