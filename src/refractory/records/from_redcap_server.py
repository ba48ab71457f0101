"""The server of REDCap: where a token may be sent, and what is told when there is no answer."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from refractory.errors import RecordsError

_TRIES = 4
_FIRST_PAUSE = 0.5  # seconds; each further pause is twice as long
_TO_CONNECT, _TO_ANSWER = 10.0, 300.0  # seconds
_LARGEST_ANSWER, _BLOCK = 512 << 20, 1 << 20  # bytes
_TOKEN = re.compile(r"[0-9A-Fa-f]{32}")


def check_address(address: str) -> str:
    """Check that a token may be sent to an address: encrypted, or to this machine itself.

    Returns:
        The address, with the slash at its end that REDCap wants.

    Raises:
        RecordsError: When it may not.

    Example:
        >>> check_address("https://redcap.example.org/api")
        'https://redcap.example.org/api/'
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme == "http" and not _is_this_machine(host):
        raise RecordsError(
            "The address of REDCap is not encrypted, and the token would be sent over the network for all to read.",
            where="[source] address",
            remedy="write https:// in front of it",
        )
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise RecordsError(
            "The address of REDCap is none.",
            where="[source] address",
            remedy='write it as "https://redcap.example.org/api/", without a name, a token or a question mark',
        )
    plain = address.rstrip("/")
    return f"{plain}/" if plain.endswith("/api") else f"{plain}/api/"


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def read_token(variable: str) -> str:
    if _TOKEN.fullmatch(variable.strip()):
        raise RecordsError(
            "The mapping holds a token itself.",
            where="[source] token",
            remedy="have that token deleted and renewed in REDCap, and name an environment variable that holds it",
        )
    token = os.environ.get(variable, "").strip()
    if not token:
        raise RecordsError(
            f"The environment variable {variable} does not hold the token of REDCap.",
            where="[source] token",
            remedy=f"set it for this one program: {variable}=... refractory run ...",
        )
    if not _TOKEN.fullmatch(token):
        raise RecordsError(
            f"What the environment variable {variable} holds is no token of REDCap: those have 32 digits and letters.",
            where="[source] token",
            remedy='copy it again from "API" in the menu of the project',
        )
    return token


# What REDCap says when it refuses, by words that its message holds.
_REFUSALS = (
    (("permission", "not have", "privilege", "rights"), "REDCap refuses: the token gives no right to export.",
     'ask for the rights "API Export" and "Full Data Set" in the project'),
    (("token",), "REDCap refuses the token.", 'copy it again from "API" in the menu of the project'),
    (("offline", "maintenance", "upgrade"), "REDCap is offline at the moment.", "try again later"),
    (("rate", "too many", "limit"), "REDCap was asked too often in a short time.", "try again in some minutes"),
    (("field",), "REDCap does not know a field that it was asked for.",
     "compare the mapping with the dictionary; a field may have been renamed while this ran"),
)  # fmt: skip


def _read_bounded(response: Any) -> bytes:
    """Read an answer that has an end: within its time, and no larger than any answer of REDCap."""
    from requests import Timeout
    from requests.exceptions import ChunkedEncodingError
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    length = str(response.headers.get("Content-Length", ""))
    total = int(length[:20]) if length.isdecimal() else 0
    parts, read, until = list[bytes](), 0, time.monotonic() + _TO_ANSWER
    try:
        while total <= _LARGEST_ANSWER >= read and (part := response.raw.read1(_BLOCK, decode_content=True)):
            parts.append(part)
            read += len(part)
            if time.monotonic() > until:
                raise Timeout
    except ReadTimeoutError:
        raise Timeout from None
    except HTTPError:
        raise ChunkedEncodingError from None
    if max(total, read) > _LARGEST_ANSWER:
        raise _RefusedError(f"sends more than {_LARGEST_ANSWER >> 20} MB at once")
    return b"".join(parts)


class _RefusedError(Exception):
    """An answer that does not get better by asking again."""


class RedcapServer:
    """A server that speaks the API; its faults are told without the token, and without what it says of data."""

    def __init__(self, address: str, token: str) -> None:
        try:
            from redcap.project import Project
        except ImportError:
            raise RecordsError(
                "Asking the API of REDCap needs the package PyCap, which is not installed.",
                remedy="pip install 'refractory[redcap]'; an export with its data dictionary needs nothing more",
            ) from None
        self.host = urlsplit(address).hostname or address
        self._status = 0
        self._project = Project(
            address,
            token,
            verify_ssl=True,
            timeout=(_TO_CONNECT, _TO_ANSWER),
            allow_redirects=False,  # a redirect could carry the token elsewhere
            hooks={"response": self._look},
        )

    def _look(self, response: Any, *_: Any, **__: Any) -> None:
        """Read an answer, as far as an answer of REDCap goes."""
        self._status = response.status_code
        if 300 <= response.status_code < 400:
            raise _RefusedError("sends the request to another address")
        response._content = _read_bounded(response)

    def ask(self, what: str, question: Callable[[Any], Any]) -> Any:
        """Ask until there is an answer, a few times.

        Args:
            what: What is asked for, in words.
            question: Asks for it.

        Raises:
            RecordsError: When there is none.
        """
        from redcap.request import RedcapError

        why = ""
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(_FIRST_PAUSE * 2 ** (attempt - 1))
            self._status = 0
            try:
                return question(self._project)
            except _RefusedError as fault:
                raise self._tell(what, f"The server {fault}.", "check the address of the API") from None
            except RecursionError:
                why = "answered otherwise than REDCap does"
            except RedcapError as fault:
                if fault.args and isinstance(fault.args[0], dict) and self._status < 500:
                    raise self._tell_refusal(what, str(fault.args[0].get("error"))) from None
                why = self._name(fault)
                if why == "certificate":
                    raise self._tell(
                        what,
                        "The certificate of the server cannot be trusted.",
                        "ask those who run it; it is never passed over",
                    ) from None
        raise self._tell(what, f"The server {why}, in {_TRIES} tries.", "try again later; check the address of the API")

    def _name(self, fault: Exception) -> str:
        """Say in words why there was no answer."""
        from requests import exceptions

        if isinstance(fault, exceptions.SSLError):
            return "certificate"
        if isinstance(fault, exceptions.Timeout):
            return "did not answer in time"
        if self._status >= 400:
            return f"answered with status {self._status}"
        if isinstance(fault, exceptions.ChunkedEncodingError | exceptions.ContentDecodingError):
            return "broke off its answer"
        if isinstance(fault, exceptions.ConnectionError):
            return "broke off its answer" if self._status else "could not be reached"
        return "answered otherwise than REDCap does"

    def _tell_refusal(self, what: str, said: str) -> RecordsError:
        """Tell why REDCap refuses; what it says may quote records, so only what is known of it is told."""
        low = said.lower()
        for words, why, remedy in _REFUSALS:
            if any(word in low for word in words):
                return self._tell(what, why, remedy)
        return self._tell(
            what, f"REDCap refuses with status {self._status}.", "look into the project's log of the API in REDCap"
        )

    def _tell(self, what: str, why: str, remedy: str) -> RecordsError:
        return RecordsError(why, where=f"{self.host}, when asked for {what}", remedy=remedy)
