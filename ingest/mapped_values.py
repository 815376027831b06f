"""The texts of a described table as values of the model, each with what was repaired of it."""

from collections.abc import Mapping
from functools import cache

from graph.model import Property, ValueType
from graph.text import fold
from ingest import reference
from ingest.files.persons import without_contacts
from ingest.files.repair import Repaired, amount, date, is_absent, items, url, yes_or_no
from ingest.places import territory
from ingest.rows import Rejected
from ingest.words import term


def split(text: str, separator: str) -> list[str]:
    """The items of a cell, between separators; between `;` and `|` where none is given."""
    if not separator:
        return items(text)
    return [item for each in text.split(separator) if not is_absent(item := each.strip())]


def meant_by(values: Mapping[str, str], text: str) -> str | None:
    """What a table of values makes of a text, whatever its case and accents."""
    asked = fold(text)
    return next((meant for said, meant in values.items() if fold(said) == asked), None)


def value_of(declared: Property, text: str) -> Repaired[str] | Repaired[bool] | Repaired[float]:
    """A text as the value of a property.

    Raises:
        Rejected: it is none.
    """
    if not isinstance(declared.type, ValueType):
        found = term(declared.type, text)
        if found is None:
            raise Rejected("n'est pas dans la liste ; ajoutez-le sous « values »", text)
        return Repaired(found.value)
    match declared.type:
        case ValueType.DATE:
            return date(text)
        case ValueType.URL:
            return url(text)
        case ValueType.BOOLEAN:
            return yes_or_no(text)
        case ValueType.NUMBER:
            return amount(text)
        case ValueType.INTEGER:
            return _whole_number(text)
        case _:
            return _legal_form(text) if declared.name == "legal_form" else without_contacts(text)


def _whole_number(text: str) -> Repaired[float]:
    found = amount(text).value
    if not found.is_integer():
        raise Rejected("n'est pas un nombre entier", text)
    return Repaired(int(found))


def _legal_form(text: str) -> Repaired[str]:
    """The code of a legal form, from the code or the label of Insee."""
    if text in reference.legal_forms():
        return Repaired(text)
    code = _codes_by_label().get(fold(text))
    if code is None:
        raise Rejected("n'est pas une catégorie juridique de l'Insee", text)
    return Repaired(code)


@cache
def _codes_by_label() -> Mapping[str, str]:
    forms = reference.legal_forms().values()
    return {fold(form.label): form.code for form in forms if len(form.code) == 4}


def commune_named(name: str) -> Repaired[str]:
    """The one commune of a name.

    Raises:
        Rejected: there is none, or there are several.
    """
    found = territory(name)
    if not found.value.startswith(("commune:", "arrondissement:")):
        found = territory(f"commune {name}")
    return Repaired(found.value, "commune trouvée par son nom seul")
