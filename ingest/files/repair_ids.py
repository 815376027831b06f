"""Registry numbers put right where their check digits prove it: SIREN, SIRET, RNA."""

import re

from graph.identifiers import LA_POSTE, is_rna, is_siren, is_siret
from ingest.files.repair import Repaired, bare, is_absent
from ingest.rows import Rejected

_NOT_SIGN = re.compile(r"[.\-_/']")
_POWER = re.compile(r"(\d)(?:[.,](\d+))?e\+?(\d{1,2})", re.IGNORECASE | re.ASCII)
_ZERO = "zéro initial rétabli"
_ZEROS = "zéros initiaux rétablis"
_LENGTHS = {9: "SIREN", 14: "SIRET"}


def siren_or_siret(text: str) -> Repaired[str]:
    """A SIREN (9 digits) or a SIRET (14 digits), whose check digits are right.

    Repairs: spaces and points within it, an `.0` after it, one or two zeros lost before it, a
    power of ten that kept all its digits. Of a SIRET whose last five digits a spreadsheet rounded
    to zero only the SIREN is kept, where its check digit is right and it was not rounded itself.

    Raises:
        Rejected: it is empty, or what it was is not certain.
    """
    said = bare(text)
    if is_absent(said):
        raise Rejected("est absent", text.strip())
    digits = _digits(said, text)
    if is_siren(digits) or is_siret(digits):
        return Repaired(digits, "" if digits == text.strip() else _changed(said, digits))
    for length, name in _LENGTHS.items():
        missing = length - len(digits)
        whole = digits.zfill(length)
        if 0 < missing < 3 and (is_siren(whole) or is_siret(whole)):
            return Repaired(whole, f"{name} : {_ZERO if missing == 1 else _ZEROS}")
    if len(digits) == 14 and digits.startswith("00000") and is_siren(digits[5:]):
        return Repaired(digits[5:], "SIREN débarrassé des zéros qui le précèdent")
    if len(digits) == 14 and digits.endswith("00000"):
        return _rounded(digits, text)
    raise Rejected(_why(digits), text.strip())


def siren(text: str) -> Repaired[str]:
    """The SIREN of a SIREN or a SIRET.

    Raises:
        Rejected: as `siren_or_siret` does.
    """
    found = siren_or_siret(text)
    return Repaired(found.value[:9], found.note)


def _digits(said: str, text: str) -> str:
    said = re.sub(r"\.0+$", "", said)
    if power := _POWER.fullmatch(said):
        return _written_out(power, text)
    digits = _NOT_SIGN.sub("", said)
    digits = re.sub(r"^(?:SIREN|SIRET|FR\d\d(?=\d{9}$)):?", "", digits, flags=re.IGNORECASE)
    if not (digits.isascii() and digits.isdigit()):
        raise Rejected("n'est ni un SIREN ni un SIRET", text.strip())
    return digits


def _written_out(power: re.Match[str], text: str) -> str:
    """What `4.2049507900017E13` says; `4,20495E+13` has lost its last digits."""
    decimals = power[2] or ""
    if len(decimals) != int(power[3]):
        raise Rejected("a perdu ses derniers chiffres dans un tableur", text.strip())
    return power[1] + decimals


def _changed(said: str, digits: str) -> str:
    """A note unless only spaces were between the digits."""
    return "" if said == digits else f"{_LENGTHS[len(digits)]} remis en forme"


def _rounded(digits: str, text: str) -> Repaired[str]:
    prefix = digits[:9]
    # A SIREN that ends with zeros may have been rounded with the rest.
    if is_siren(prefix) and (not prefix.endswith("00") or prefix == LA_POSTE):
        return Repaired(prefix, "SIRET arrondi par un tableur : seul le SIREN est gardé")
    raise Rejected("est un SIRET arrondi par un tableur", text.strip())


def _why(digits: str) -> str:
    if name := _LENGTHS.get(len(digits)):
        return f"est un {name} dont la clé de contrôle est fausse"
    return f"n'est ni un SIREN ni un SIRET : {len(digits)} chiffres"


def rna(text: str) -> Repaired[str]:
    """A number of the national register of associations: W, and nine signs.

    Raises:
        Rejected: it is empty or not such a number.
    """
    said = bare(text)
    if is_absent(said):
        raise Rejected("est absent", text.strip())
    whole = _NOT_SIGN.sub("", said).upper().removeprefix("RNA").lstrip(":°N")
    if not is_rna(whole):
        raise Rejected("n'est pas un numéro RNA", text.strip())
    return Repaired(whole, "" if whole == text.strip() else "numéro RNA remis en forme")
