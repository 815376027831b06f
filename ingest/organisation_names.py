"""What the name of an organisation says by itself: that it is one, and sometimes its world."""

import re

from graph.model import World
from graph.text import fold

# Words that state a legal form, with the world of that form. « Société » states none: a learned
# society is an association.
_FORMS = (
    (World.ASSOCIATION, r"associations?|assocs?|asso|ass|amicale|asbl|ogec"),
    (
        World.COMPANY,
        r"sarl|sas|sasu|eurl|scop|scic|snc|selarl|gaec|earl|scea|gmbh|ltd|societe anonyme"
        r"|societe par actions",
    ),
    (World.FOUNDATION, r"fondation"),
)
# French public bodies all have a SIREN: without one, a « mairie » is one of another country.
_PUBLIC = re.compile(
    r"(?:commune|mairie|ville|departement|region) (?:de|du|des|d|la|le|les) "
    r"|conseil (?:departemental|general|regional) "
    r"|communaute (?:de communes|d agglomeration|urbaine)|syndicat (?:mixte|intercommunal)"
    r"|centre (?:inter)?communal d action sociale\b"
    r"|(?:synd ?mc|asymix|sivu|sivom|sictom|smictom|petr|ccas|sdis)\b"
)
# No surname is among them: no « bureau », « jardin » or « maison » alone.
_MARKS = r"""
    abbaye|academie|acdi|adapei|ademe|adil|admr|afev|agence|agri|amap|amis|amities|anciens
    |animation|ape|apel|archives|ateliers?|basket|bibliotheque|cabinet|caisse|carrefour|ccas
    |centres?|cercle|cgt|chambre\W(?:de|des|d|regionale)|chantiers?|choeur|chorale|cidff|ciff
    |cinema|cite|clinique|clubs?|collectifs?|college|comites?|communaute|commune|compagnie
    |confederation|conseil|conservatoire|consortium|coop|cooperative|corporation|council|cpie
    |croix\Wrouge|csc|cte|ctre|cuma|delegation|departement|department|dept|diocese|direction
    |echanges|ecoles?|eglise|ehpad|emmaus|entente|entraide|entreprises?|epa|epic|esat|espaces?
    |etablissements?|ets|etudiants?|faculty|familles?|fanfare|fcpe|fed|federation|femmes|festival
    |fjt|fnath|foire|fonds|football|forum|foyer\W(?:de|des|du|d|rural|laique|socio)|fraunhofer
    |fundacao|fundacion|gie|gip|golf|gouvernorat|greta|groupe|groupements?|gym|habitat|handball
    |handicapes?|hockey|hopital|hopitaux|hospital|inc|ingenierie|inra|inserm|institut[eo]?
    |instituto|international|istituto|jardins|jeunesse|judo|karate|laboratoires?|laboratory|labs?
    |ligue|lycee|mairie|maison\W(?:de|des|du|d|pour)|maisons|mediatheque|mediation|metropole|mfr
    |ministere|ministry|mission|mjc|mouvement|municipalite|musee|museum|musicale|musique|mutuelle
    |national|nationale|nature|nautique|ngo|observatoire|oeuvres?|office|olympique|onera|ong
    |orchestre|ordre|organisation|organisme|pactes?|parc\W(?:naturel|regional|national|d)|parents
    |paroisse|patronage|petanque|pole|prefecture|programme|promotion|racing|radio|regie|region
    |regional|relais|research|reseau|residence|restos|rugby|sauvegarde|science|sciences|scouts?
    |secours|sem|service|services|sintef|sivom|sivu|soc|societes?|society|solidarite|soutien|spa
    |spl|sporti[fv]e?s?|sporting|sports?|stade|station|ste|stiftelsen|synchrotron|synd|syndicat
    |technologies|technology|tennis|theatre|tourisme|trust|tv|udaf|union|unit|unite|universidad|universidade
    |universita|universitaire|universitat|universite|universiteit|university|usine|veterinaire
    |ville\W(?:de|du|d)|voile|volley
"""
_FORM = {world: re.compile(rf"\b(?:{words})\b") for world, words in _FORMS}
_MARK = re.compile(r"\b(?:" + "".join(_MARKS.split()) + r")\b")
_CIVILITY = re.compile(
    r"(?:m\.?|mr|mme|mlle|monsieur|madame|mademoiselle)\s+[^\W\d_]{2,}", re.IGNORECASE
)
_SOLE_TRADER = re.compile(r"\b(?:ei|eirl|entrepreneure? individuel(?:le)?)$")
# First name, initial, last name; first name and last name in capitals.
_WITH_INITIAL = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)?(?: [^\W\d_]\.)+ [^\W\d_]{2,}")
_LAST_NAME = re.compile(
    r"[A-ZÀ-Þ][a-zà-ÿ]+(?:-[A-ZÀ-Þ][a-zà-ÿ]+)? [A-ZÀ-Þ'-]{4,}(?: [A-ZÀ-Þ'-]{2,})?"
)


def marks_an_organisation(name: str) -> bool:
    """Whether a name holds a word that organisations bear and persons do not.

    `marks_an_organisation("Club de plongée")`; not « Dupont Jean », nor « La Concorde », of which
    nobody can tell.
    """
    folded = fold(name)
    return bool(_MARK.search(folded) or any(form.search(folded) for form in _FORM.values()))


def is_a_person(name: str) -> bool:
    """Whether a name is certainly that of a person: a title, an initial, « EI » after it."""
    folded = fold(name)
    if _SOLE_TRADER.search(folded):
        return True
    if marks_an_organisation(name):
        return False
    bare = name.strip()
    return bool(_CIVILITY.match(bare) or _WITH_INITIAL.fullmatch(bare))


def may_be_a_person(name: str) -> bool:
    """Whether a name is written like that of a person: first name, last name in capitals."""
    if marks_an_organisation(name):
        return False
    return is_a_person(name) or _LAST_NAME.fullmatch(name.strip()) is not None


def world_of(name: str, *, registered: bool) -> World | None:
    """The world of the legal form that a name states; None where it states none.

    Args:
        name: of an organisation.
        registered: whether it has a SIREN, without which it is no French public body.
    """
    folded = fold(name)
    for world, form in _FORM.items():
        if form.search(folded):
            return world
    return World.LOCAL_AUTHORITY if registered and _PUBLIC.match(folded) else None
