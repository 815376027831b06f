"""What went wrong, as RFC 9457 says it: problem details, in French."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import orjson
from starlette.responses import Response

from api.as_json import Json
from api.lines import typeset
from graph.errors import (
    AlliageError,
    AmbiguousName,
    AmbiguousPlace,
    RequestError,
    StoreError,
    UnknownId,
    UnknownPlace,
    UnknownTerm,
)

MEDIA_TYPE = "application/problem+json"
PATH = "/api/v1/problems"
_RETRY_S = "5"

# The first class that an error is of gives its status.
_STATUSES: Sequence[tuple[type[AlliageError], int]] = (
    (UnknownId, 404),
    (UnknownPlace, 404),
    (RequestError, 400),
    (StoreError, 503),
    (AlliageError, 500),
)

TITLES: Mapping[str, str] = {
    "bad_request": "La demande ne peut pas être comprise",
    "invalid_parameter": "Un paramètre n'est pas valable",
    "unknown_place": "Territoire inconnu",
    "ambiguous_place": "Plusieurs territoires de ce nom",
    "unknown_term": "Mot inconnu",
    "unknown_id": "Fiche inconnue",
    "ambiguous_name": "Plusieurs fiches de ce nom",
    "not_found": "Adresse inconnue",
    "method_not_allowed": "Méthode non permise",
    "body_too_large": "Corps trop long",
    "url_too_long": "Adresse trop longue",
    "too_many_requests": "Trop de demandes",
    "time_out": "Réponse trop longue à venir",
    "store": "Données indisponibles",
    "error": "Erreur",
    "internal": "Erreur interne",
}
_OF_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
_SENTENCES = {
    404: "Rien ne se trouve à cette adresse ; la description de l'API est à /api/v1/openapi.json.",
    405: "Cette adresse ne répond qu'à GET et HEAD.",
}
# The sentences of errors name what one types after the command; a request has the same names.
_OPTION = re.compile(r"--([a-z]+)")

Headers: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem.

    Attributes:
        code: the stable name for programs.
        detail: one sentence that tells the person what to do.
        more: members of its own, such as what may have been meant.
    """

    status: int
    code: str
    detail: str
    more: Mapping[str, Json] = field(default_factory=dict)
    headers: Headers = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What kind of problem it is, in French."""
        return TITLES.get(self.code, TITLES["error"])

    def form(self) -> Json:
        """The members of the document (RFC 9457, section 3.1)."""
        return {
            "type": f"{PATH}/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": typeset(self.detail),
            "code": self.code,
            **self.more,
        }

    def response(self) -> Response:
        """The document as a response."""
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(orjson.dumps(self.form()), self.status, headers, MEDIA_TYPE)


def of_error(error: AlliageError) -> Problem:
    """The problem that an error of ours is."""
    status = next(status for kind, status in _STATUSES if isinstance(error, kind))
    if status >= 500:
        # Its sentence names files of the machine: it is for who runs it, not for who asks.
        return unavailable(error.type) if status == 503 else internal()
    detail = _OPTION.sub(r"\1", error.message)
    return Problem(status, error.type, detail, _parts(error))


def _parts(error: AlliageError) -> Mapping[str, Json]:
    if isinstance(error, (UnknownPlace, UnknownId)):
        return {"suggestions": error.suggestions}
    if isinstance(error, (AmbiguousPlace, AmbiguousName)):
        return {"candidates": [{"id": key, "name": name} for key, name in error.candidates]}
    if isinstance(error, UnknownTerm):
        return {"known": error.known}
    return {}


def unavailable(code: str = "store") -> Problem:
    """The store cannot be read now."""
    known = code if code in TITLES else "store"
    detail = "Les données ne peuvent pas être lues maintenant : réessayez dans un moment."
    return Problem(503, known, detail, headers={"Retry-After": _RETRY_S})


def time_out() -> Problem:
    """The answer took too long."""
    detail = "La réponse a été trop longue à venir : précisez la question, ou réessayez."
    return Problem(503, "time_out", detail, headers={"Retry-After": _RETRY_S})


def internal() -> Problem:
    """A fault of ours."""
    detail = "Une erreur s'est produite chez nous : réessayez, puis signalez-la avec ce numéro."
    return Problem(500, "internal", detail)


def of_status(status: int, headers: Headers) -> Problem:
    """The problem of a status that the framework gives."""
    code = _OF_STATUS.get(status, "bad_request" if status < 500 else "internal")
    sentence = _SENTENCES.get(status, "La demande ne peut pas être comprise.")
    return replace(Problem(status, code, sentence), headers=headers)


def invalid(problems: Sequence[tuple[str, str]]) -> Problem:
    """Parameters that are not valid: their names, and what is wrong with each."""
    first, why = problems[0]
    errors = [{"parameter": name, "detail": typeset(text)} for name, text in problems]
    return Problem(400, "invalid_parameter", f"Paramètre « {first} » : {why}.", {"errors": errors})
