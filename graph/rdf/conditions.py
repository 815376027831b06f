"""When something is written: what organisations and territories are, by what is said of them."""

from graph.claims import Properties
from graph.model import Level, World
from graph.rdf.forms import Condition

_REGISTERS = ("siren", "siret", "rna")


def is_registered(key: str, properties: Properties) -> bool:
    """Whether a thing bears a number of SIRENE or of the register of associations."""
    if key.startswith(("siren:", "siret:", "rna:")):
        return True
    if any(name in properties for name in _REGISTERS):
        return True
    others = properties.get("identifiers", ())
    return isinstance(others, list) and any(
        other.lower().startswith(("siren:", "siret:", "rna:")) for other in others
    )


def is_legal(key: str, properties: Properties) -> bool:
    """Whether an organisation is a legal person: registered, or neither a group nor informal."""
    if is_registered(key, properties):
        return True
    return properties.get("world") != World.CITIZENS and properties.get("collective") is not True


def is_public(key: str, properties: Properties) -> bool:
    """Whether an organisation is a public body: a legal person of the public worlds."""
    public = properties.get("world") in (World.LOCAL_AUTHORITY, World.STATE)
    return public and is_legal(key, properties)


REGISTERED = Condition("a number of SIRENE or RNA", is_registered)
UNREGISTERED = Condition("no number of SIRENE or RNA", lambda k, p: not is_registered(k, p))
LEGAL = Condition(
    "a legal person: registered, or neither `collective` nor of the world `citizens`", is_legal
)
NOT_LEGAL = Condition("no legal person", lambda k, p: not is_legal(k, p))
PUBLIC = Condition("a legal person of the world `local_authority` or `state`", is_public)
COMMUNE = Condition("level commune", lambda k, p: p.get("level") == Level.COMMUNE)
OFFICIAL = Condition("not a perimeter", lambda k, p: p.get("level") != Level.PERIMETER)
PERIMETER = Condition("a perimeter", lambda k, p: p.get("level") == Level.PERIMETER)


def at_level(level: Level) -> Condition:
    """A territory of a level."""
    if level is Level.COMMUNE:
        return COMMUNE
    if level is Level.PERIMETER:
        return PERIMETER
    return Condition(f"level {level.value}", lambda k, p: p.get("level") == level)
