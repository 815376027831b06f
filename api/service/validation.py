"""What is wrong with a parameter, in French."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from api.service.problems import Problem, invalid

Context: TypeAlias = Mapping[str, Any]

_SAID: Mapping[str, Callable[[Context], str]] = {
    "missing": lambda _: "il manque",
    "extra_forbidden": lambda _: "il n'existe pas ici",
    "int_parsing": lambda _: "ce doit être un nombre entier",
    "int_parsing_size": lambda _: "ce nombre est trop grand",
    "int_from_float": lambda _: "ce doit être un nombre entier",
    "float_parsing": lambda _: "ce doit être un nombre",
    "finite_number": lambda _: "ce doit être un nombre",
    "greater_than_equal": lambda context: f"au moins {context['ge']}",
    "less_than_equal": lambda context: f"au plus {context['le']}",
    "string_too_long": lambda context: f"au plus {context['max_length']} caractères",
    "string_too_short": lambda _: "il est vide",
    "too_long": lambda context: f"au plus {context['max_length']} valeurs",
    "too_short": lambda context: f"au moins {context['min_length']} valeur(s)",
    "string_pattern_mismatch": lambda _: "sa forme n'est pas celle que dit la description",
}
_LONGEST_NAME = 40


def of_validation(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """The problem that the validation of parameters reports."""
    return invalid([(_name(each["loc"]), _why(each)) for each in errors])


def _name(location: Sequence[object]) -> str:
    # Where it stands (query, path) and the rank in a list are no part of the name.
    return next((str(part)[:_LONGEST_NAME] for part in location[1:2]), "?")


def _why(error: Mapping[str, Any]) -> str:
    say = _SAID.get(error["type"])
    return say(error.get("ctx", {})) if say else "cette valeur n'est pas valable"
