"""Resources of FHIR to start from."""

from __future__ import annotations

import json


def list_seeds() -> list[bytes]:
    """Give a bulk export of one person, and a bundle."""
    person = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1970-03"}
    coding = {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "6851", "display": "methotrexate"}
    order = {
        "resourceType": "MedicationRequest", "id": "m1", "status": "active", "intent": "order",
        "subject": {"reference": "Patient/p1"}, "authoredOn": "2015-03-02T10:00:00+01:00",
        "medicationCodeableConcept": {"coding": [coding]},
        "dosageInstruction": [{"text": "15 mg weekly", "timing": {"repeat": {"frequency": 1, "period": 1,
                              "periodUnit": "wk"}}, "doseAndRate": [{"doseQuantity": {"value": 15, "unit": "mg"}}]}],
    }  # fmt: skip
    seen = {
        "resourceType": "Observation", "id": "o1", "status": "final", "subject": {"reference": "Patient/p1"},
        "code": {"text": "CDASI"}, "effectiveDateTime": "2015", "valueQuantity": {"value": 12.5, "unit": "{score}"},
    }  # fmt: skip
    lines = "\n".join(json.dumps(one) for one in (person, order, seen)).encode()
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in (person, order)]}
    return [lines, json.dumps(bundle).encode()]
