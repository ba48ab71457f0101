"""Folders of FHIR as servers and programs leave them, and some that mean harm."""

# ruff: noqa: E501 -- a resource is as wide as a resource

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fhir_clinic import ANNA, SNOMED, resource
from hostile.export import Content, ExportCase

DRUG = "prednisone 5 MG Oral Tablet"
DAY = "2015-03-02"
READ = f"drug | anna | {DRUG} | {DAY}"
SEEN = f"measurement | anna | CDASI activity | {DAY} | 12.0"
FILE = "export.ndjson"


def request(number: object = 1, **parts: Any) -> dict[str, Any]:
    return resource("MedicationRequest", number, **{"status": "active", "intent": "order", "authoredOn": DAY, **parts})


def observation(number: object = 1, **parts: Any) -> dict[str, Any]:
    said = {"status": "final", "effectiveDateTime": DAY, "valueQuantity": {"value": 12, "unit": "{score}"}}
    return resource("Observation", number, **{**said, **parts})


def lines(*bodies: Mapping[str, Any] | str | bytes) -> bytes:
    """Write an NDJSON of Anna and these; a text or bytes are a line as it stands."""
    written = [
        one if isinstance(one, bytes) else one.encode() if isinstance(one, str) else json.dumps(one).encode()
        for one in (ANNA, *bodies)
    ]
    return b"\n".join(written) + b"\n"


def case(
    name: str,
    *bodies: Mapping[str, Any] | str | bytes,
    records: tuple[str, ...] = (),
    more: dict[str, Content] | None = None,
    **rest: Any,
) -> ExportCase:
    rest.setdefault("persons", 1)
    return ExportCase(name, {FILE: lines(*bodies), **(more or {})}, records, **rest)


def files(name: str, contents: dict[str, Content], records: tuple[str, ...] = (), **rest: Any) -> ExportCase:
    return ExportCase(name, contents, records, **rest)


def bundle(*bodies: Mapping[str, Any], **parts: Any) -> str:
    entries = [{"resource": one} for one in bodies]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries, **parts})


def packed(start: bytes, block: bytes, blocks: int, end: bytes = b"") -> Callable[[Path], None]:
    """Write a file of gzip that unpacks to much more than it is."""

    def write(path: Path) -> None:
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(start)
            for _ in range(blocks):
                file.write(block)
            file.write(end)

    return write


def cut_off(path: Path) -> None:
    """Write a file of gzip that ends behind its second line, in the middle of the third."""
    packer = zlib.compressobj(wbits=31)
    start = packer.compress(lines(request())) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = packer.compress(b"".join(lines(observation(number)) for number in range(500))) + packer.flush()
    path.write_bytes(start + rest[:4])


def zipped(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.ndjson", content)
    return target.getvalue()


def link_out(path: Path) -> None:
    outside = path.parent.parent / "outside.ndjson"
    outside.write_bytes(lines(request()))
    path.symlink_to(outside)


def folder_out(path: Path) -> None:
    outside = path.parent.parent / "outside"
    outside.mkdir()
    (outside / "more.ndjson").write_bytes(lines(request()))
    path.symlink_to(outside)


def ring(path: Path) -> None:
    path.symlink_to(path.parent)


def attachment(path: Path) -> None:
    """Write a document of 100 MB of base64 between a patient and a request."""
    with path.open("wb") as file:
        file.write(json.dumps(ANNA).encode() + b"\n")
        head = {"resourceType": "DocumentReference", "id": "d1", "status": "current", "date": DAY}
        head |= {"subject": {"reference": "Patient/anna"}, "type": {"text": "letter"}}
        file.write(json.dumps(head).encode()[:-1] + b',"content":[{"attachment":{"data":"')
        for _ in range(100):
            file.write(b"QUJD" * (1 << 18))
        file.write(b'"}}]}\n' + json.dumps(request()).encode() + b"\n")


MANIFEST = json.dumps(
    {
        "transactionTime": "2020-01-01T00:00:00Z",
        "request": "http://192.0.2.1/$export",
        "requiresAccessToken": True,
        "output": [
            {"type": "Patient", "url": "../outside.ndjson"},
            {"type": "Patient", "url": "http://192.0.2.1/Patient.ndjson"},
            {"type": "Patient", "url": "file:///etc/passwd"},
        ],
        "error": [],
    }
)
HALF = '{"resourceType": "MedicationRequest", "id": "m9", "status": "act'
DEEP = '{"resourceType": "Observation", "id": "o9", "component": ' + "[" * 10_000 + "]" * 10_000 + "}"
DEEP_OPEN = '{"resourceType": "Observation", "id": "o9", "a": ' + '{"a": ' * 10_000
BIG = observation(9)
TWICE = json.dumps(request(9)).replace('"status": "active"', '"status": "active", "status": "entered-in-error"')
NO_JSON, ENDS = "is no JSON", "ends early"
MEDICATIONS = [
    {"resourceType": "Medication", "id": one, "ingredient": [{"itemReference": {"reference": f"Medication/{other}"}}]}
    for one, other in (("m1", "m2"), ("m2", "m1"))
]
# Read in a process of its own, with little room.
LARGE_FHIR = (
    "the packed file swells to a line of 600 MB",
    "the packed bundle swells to an entry of 600 MB",
    "the packed bundle swells to 600 MB of blanks",
    "a document has an attachment of 100 MB in one line",
)

FHIR = (
    # Lines.
    case("a line is no JSON", "Patient,anna", request(), records=(READ,), rows=3, used=2, listed={f"{FILE} 2": NO_JSON}),
    case("the last line is cut off", request(), HALF, records=(READ,), rows=3, used=2, listed={f"{FILE} 3": NO_JSON}),
    case("a line nests 10,000 lists", DEEP, request(), records=(READ,), rows=3, used=2, listed={f"{FILE} 2": NO_JSON}),
    case(
        "a line opens 10,000 structures", DEEP_OPEN, request(),
        records=(READ,), rows=3, used=2, listed={f"{FILE} 2": NO_JSON},
    ),
    case("an element comes twice, and the last one counts", TWICE, rows=2, used=1, listed={f"{FILE} 2": "entered in error"}),
    case(
        "numbers are NaN and Infinity, which JSON does not have",
        json.dumps(BIG).replace("12", "NaN"), json.dumps(BIG).replace("12", "-Infinity"), observation(),
        records=(SEEN,), rows=4, used=2, listed={f"{FILE} 2": NO_JSON, f"{FILE} 3": NO_JSON},
    ),
    case(
        "numbers are larger than any number",
        json.dumps(BIG).replace("12", "1e999"), json.dumps(observation(8)).replace("12", "9" * 5_000), observation(),
        records=(SEEN, f"measurement | anna | CDASI activity | {DAY}"), rows=4, used=3,
        listed={f"{FILE} 3": NO_JSON}, told=((f"{FILE} 2", "value: .*cannot be read"),),
    ),
    case(
        "numbers are texts of other spellings",
        observation(1, valueQuantity={"value": "1_2", "unit": "{score}"}), observation(2, valueQuantity={"value": "١٢"}),
        observation(3, valueQuantity={"value": "Infinity"}), observation(4, valueQuantity={"value": "12.0"}),
        records=(SEEN, *(f"measurement | anna | CDASI activity | {DAY}",) * 3), rows=5,
        told=((f"{FILE} 2", "value"), (f"{FILE} 3", "value"), (f"{FILE} 4", "value")),
    ),
    case("two resources stand on one line", json.dumps(request()) * 2, rows=2, used=1, listed={f"{FILE} 2": NO_JSON}),
    case("a line is a list of resources", json.dumps([request()]), rows=2, used=1, listed={f"{FILE} 2": "no resource"}),
    case("lines are null, a number and a text", "null", "7", '"Patient"', rows=4, used=1, listed=dict.fromkeys((f"{FILE} 2", f"{FILE} 3", f"{FILE} 4"), "no resource|no JSON")),
    case(
        "lines end as on other machines, with blanks and bytes of nothing between",
        "\r", "   \r", json.dumps(request()) + "\r", "\0\0\0",
        records=(READ,), rows=2, used=2,
    ),
    case(
        "files were put behind one another, each with its mark of UTF-8",
        b"\xef\xbb\xbf" + json.dumps(request()).encode(), b"\xef\xbb\xbf" + json.dumps(observation()).encode(),
        records=(READ, SEEN), rows=3, used=3,
    ),
    case(
        "one line is in another encoding",
        json.dumps(request(medicationCodeableConcept={"text": "Kortisön"}), ensure_ascii=False).encode("cp1252"), observation(),
        records=(f"drug | anna | Kortisön | {DAY}", SEEN), rows=3, used=3, told=((f"{FILE} 2", "not in UTF-8"),),
    ),
    case(
        "texts hold half a character and bytes of nothing",
        '{"resourceType": "Observation", "id": "\\ud800", "status": "final", "subject": {"reference": "Patient/anna"}, '
        f'"code": {{"text": "CD\\u0000ASI \\udfff"}}, "effectiveDateTime": "{DAY}", "valueQuantity": {{"value": 12}}}}',
        records=(f"measurement | anna | CDASI ? | {DAY} | 12.0",), rows=2, used=2,
    ),
    # Shapes.
    case(
        "types are written in other cases",
        {**request(), "resourceType": "medicationrequest"}, {**observation(), "resourceType": "OBSERVATION"}, request(2),
        records=(READ,), rows=4, used=2,
    ),
    case("the type is no text", {**request(), "resourceType": ["MedicationRequest"]}, {**request(), "resourceType": None}, rows=3, used=1, listed={f"{FILE} 2": "no resource", f"{FILE} 3": "no resource"}),
    case(
        "lists stand where structures belong, and structures where lists belong",
        request(1, subject=[{"reference": "Patient/anna"}]),
        request(2, dosageInstruction={"text": "5 mg daily"}),
        observation(3, code=[{"text": "CDASI activity"}]),
        observation(4, component={"code": {"text": "CDASI damage"}, "valueQuantity": [{"value": 3}]}),
        request(5, medicationCodeableConcept="prednisone"),
        records=(READ, f"drug | anna | prednisone | {DAY}", SEEN, f"measurement | anna | CDASI activity | {DAY} | 12.0", f"measurement | anna | CDASI damage | {DAY}"), rows=6, used=5,
        listed={f"{FILE} 2": "names no patient"}, told=((f"{FILE} 5", "value: value cannot be read"),),
    ),
    case(
        "elements are null, and their extensions say why",
        request(1, status=None, authoredOn=None, _authoredOn={"extension": [{"valueCode": "unknown"}]}),
        '{"resourceType": "MedicationRequest", "id": "2", "status": null, "subject": null, "authoredOn": null}',
        '{"resourceType": "Observation", "id": "3", "status": "final", "subject": {"reference": "Patient/anna"}, "code": '
        f'{{"coding": [null, null], "text": "CDASI activity"}}, "effectiveDateTime": "{DAY}", "valueQuantity": null, '
        '"_valueQuantity": {"extension": [null]}, "component": [null], "extension": null}',
        records=(f"drug | anna | {DRUG}", f"observation | anna | CDASI activity | {DAY}"), rows=4, used=3,
        listed={f"{FILE} 3": "no patient|no code"},
    ),
    # References.
    case(
        "patients were merged in a ring",
        {"resourceType": "Patient", "id": "b", "link": [{"other": {"reference": "Patient/c"}, "type": "replaced-by"}]},
        {"resourceType": "Patient", "id": "c", "link": [{"other": {"reference": "Patient/b"}, "type": "replaced-by"}]},
        request(),
        records=(READ,), rows=4, used=3, listed={f"{FILE} 3": "merged"}, persons=2,
    ),
    case(
        "medications hold one another, and a request carries out itself",
        *MEDICATIONS, request(1, medicationCodeableConcept=None, medicationReference={"reference": "Medication/m1"}),
        request(2, basedOn=[{"reference": "MedicationRequest/2"}]), observation(3, hasMember=[{"reference": "Observation/3"}]),
        records=(READ, SEEN), rows=6, listed={f"{FILE} 4": "no code and no name"},
    ),
    case(
        "what is contained has no id, and a reference is a bare sign",
        request(1, medicationCodeableConcept=None, contained=[{"resourceType": "Medication", "code": {"text": "prednisone"}}], medicationReference={"reference": "#"}),
        request(2, medicationCodeableConcept=None, contained=[{"resourceType": "Medication", "id": "m", "code": {"text": DRUG}}], medicationReference={"reference": "#m"}),
        records=(READ,), rows=3, used=2, listed={f"{FILE} 2": "Medication"},
    ),
    files(
        "resources of a bundle refer to one another by urn:uuid, and one to nobody",
        {"all.json": json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [
            {"fullUrl": "urn:uuid:0000-1", "resource": {"resourceType": "Patient", "gender": "female"}},
            {"fullUrl": "urn:uuid:0000-2", "resource": request(1, subject={"reference": "urn:uuid:0000-1"})},
            {"fullUrl": "urn:uuid:0000-3", "resource": request(2, subject={"reference": "urn:uuid:0000-9"})},
            {"fullUrl": "urn:uuid:0000-4"}, None, 7,
        ]})},
        (READ.replace("anna", "0000-1"),), rows=6, used=2,
        listed={"all.json 3": "", "all.json 5": "no resource", "all.json 6": "no resource"},
    ),
    case(
        "ids are statements, paths and formulas",
        {"resourceType": "Patient", "id": "x'); DROP TABLE person;--"}, {"resourceType": "Patient", "id": "../../etc"},
        request(1, subject={"reference": "Patient/x'); DROP TABLE person;--"}), request("=1+1"),
        records=(READ,), rows=5, used=4, listed={f"{FILE} 4": "no patient"}, persons=3,
    ),
    case(
        "a patient is there twice with two days of birth",
        {**ANNA, "birthDate": "1971-01-01"}, request(),
        records=(READ,), rows=3, used=2, listed={f"{FILE} 2": "same id"},
    ),
    # Days and statuses.
    case(
        "days are none: 0000-00-00, 30 February, month 13, year 99999, and other spellings",
        *(request(number, authoredOn=day) for number, day in enumerate(("0000-00-00", "2015-02-30", "2015-13-01", "99999-01-01", "02/03/2015", "20150302", "2015-3-2", 20150302), 1)),
        records=(f"drug | anna | {DRUG}",) * 8, rows=9, used=9,
        told=tuple((f"{FILE} {line}", "authoredOn cannot be read|date cannot be read") for line in range(2, 9)),
    ),
    case(
        "times are none, and the day is one",
        request(1, authoredOn=f"{DAY}T14:60:00Z"), request(2, authoredOn=f"{DAY}T25:00:00+99:00"), request(3, authoredOn=f"{DAY}Tnoon"),
        records=(READ,) * 3, rows=4, used=4,
    ),
    case(
        "a status is unknown to FHIR, and that is told",
        request(1, status="given to the cat"), request(2, status="ACTIVE"), request(3, status="Entered-In-Error"), observation(4, status=["final"]),
        records=(READ, READ, SEEN), rows=5, used=4, listed={f"{FILE} 4": "entered in error"},
        told=((f"{FILE} 2", "status: .*not one of FHIR"),),
    ),
    # Files.
    files("the packed file is cut off", {f"{FILE}.gz": cut_off}, (READ,), rows=3, used=2, listed={f"{FILE}.gz 3": ENDS}),
    files("the packed file has bytes of something else behind it", {f"{FILE}.gz": gzip.compress(lines(request())) + b"garbage" * 9}, (READ,), rows=2, used=2),
    case("a file of zip is called .gz", request(), records=(READ,), more={"more.ndjson.gz": zipped(lines(request(2)))}, rows=3, used=2, listed={"more.ndjson.gz 1": "no JSON|zip"}),
    files("the only file is one of zip", {"export.ndjson.gz": zipped(lines(request()))}, refused="No patient|zip"),
    files("the folder holds pages of the server that says no", {FILE: "<!DOCTYPE html>\n<html><body>401 Unauthorized</body></html>\n"}, refused="No patient"),
    case("the server's answer to the export stands among the files", json.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "expired"}]}), request(), records=(READ,), rows=3, used=2),
    case("the list of files names others above the folder and elsewhere", request(), records=(READ,), more={"manifest.json": MANIFEST}, rows=2, used=2),
    case("a file is a link that leads out of the folder", request(2), refused="leads out", more={"link.ndjson": link_out}),
    case("a folder is a link that leads out of the folder", request(2), records=(READ,), more={"link": folder_out}, may_refuse=True, rows=2),
    case("a folder is a link to itself", request(), records=(READ,), more={"loop": ring}, rows=2, used=2),
    case("a file is empty, and another is blank", request(), records=(READ,), more={"a.ndjson": b"", "b.json": b" \n\n", "c.ndjson.gz": b""}, rows=2, used=2),
    case("a bundle nests bundles", request(1), bundle({"resourceType": "Bundle", "entry": [{"resource": request(2)}, {"resource": {"resourceType": "Bundle", "entry": {}}}]}), records=(READ, READ), rows=3, used=3),
    case("a bundle is cut off", request(), more={"b.json": bundle(request(2), observation(3))[:-40]}, records=(READ, READ), rows=4, used=3, listed={"b.json 2": ENDS}),
    case("a coding has an address that is a program", request(1, medicationCodeableConcept={"coding": [{"system": "javascript:alert(1)", "code": "=cmd|'/C calc'!A0", "display": DRUG}]}), records=(READ,), rows=2, used=2, told=((f"{FILE} 2", "coding system is not known"),)),
    case("a diagnosis was refuted, and another has no code", resource("Condition", 1, verificationStatus={"coding": [{"code": "refuted"}]}, onsetDateTime=DAY), resource("Condition", 2, code={"coding": [{"system": SNOMED}]}, onsetDateTime=DAY), resource("Condition", 3, onsetDateTime=DAY), records=(f"condition | anna | Dermatomyositis | {DAY}",), rows=4, used=2, listed={f"{FILE} 2": "refuted", f"{FILE} 3": "no code"}),
    # Much out of little.
    files(LARGE_FHIR[0], {"bomb.ndjson.gz": packed(json.dumps(ANNA).encode() + b'\n{"resourceType": "Observation", "a": "', b"xy -" * (1 << 18), 600, b'"}\n' + json.dumps(request()).encode() + b"\n")}, (READ,), rows=3, used=2, listed={"bomb.ndjson.gz 2": "too long|no JSON"}),
    files(LARGE_FHIR[1], {FILE: lines(request()), "bomb.json.gz": packed(b'{"resourceType": "Bundle", "entry": [{"resource": {"a": "', b"xy -" * (1 << 18), 600)}, (READ,), rows=3, used=2, listed={"bomb.json.gz 1": "too long|no JSON|early"}),
    files(LARGE_FHIR[2], {FILE: lines(request()), "bomb.json.gz": packed(b'{"resourceType": "Bundle", "entry": [', b"    " * (1 << 18), 600)}, (READ,), rows=3, used=2, listed={"bomb.json.gz 1": "too long|no JSON|early"}),
    files(LARGE_FHIR[3], {FILE: attachment}, (READ, f"observation | anna | letter | {DAY}"), rows=3, used=3),
)  # fmt: skip
