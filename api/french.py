"""The messages of the standard library in French: it speaks English only."""

import argparse
import errno

_FRENCH = {
    "usage: ": "usage : ",
    "positional arguments": "arguments",
    "options": "options",
    "show this help message and exit": "montrer cette aide",
    "the following arguments are required: %s": "il manque : %s",
    "unrecognized arguments: %s": "option ou argument inconnu : %s",
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "« %(value)s » n'est pas un choix possible (%(choices)s)"
    ),
    "invalid choice: %(value)r, maybe you meant %(suggestion)r? (choose from %(choices)s)": (
        "« %(value)s » n'est pas un choix possible ; %(suggestion)s ? (%(choices)s)"
    ),
    "invalid %(type)s value: %(value)r": "« %(value)s » n'a pas la bonne forme",
    "expected one argument": "attend une valeur",
    "expected at least one argument": "attend au moins une valeur",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "ambiguous option: %(option)s could match %(matches)s": (
        "l'option %(option)s est ambiguë : %(matches)s"
    ),
    "not allowed with argument %s": "ne va pas avec %s",
}


_TROUBLES = {
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "votre part du disque est pleine",
    errno.EFBIG: "le fichier serait trop grand",
    errno.ENOENT: "le dossier n'existe pas",
    errno.EISDIR: "c'est un dossier",
    errno.ENOTDIR: "ce qui devrait être un dossier n'en est pas un",
    errno.EACCES: "vous n'en avez pas le droit",
    errno.EPERM: "vous n'en avez pas le droit",
    errno.EROFS: "le disque est en lecture seule",
}


def in_french(error: OSError) -> str:
    """What went wrong with a file, in French where the system speaks English."""
    return _TROUBLES.get(error.errno or 0, f"erreur {error.errno} du système")


def _translated(message: str) -> str:
    return _FRENCH.get(message, message)


def install() -> None:
    """Have argparse look its messages up here; it finds them through its own name `_`."""
    vars(argparse)["_"] = _translated
