"""Structures of social inclusion and the services that they offer: the data·inclusion lists."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from graph.claims import Claim, Source, Value
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    OFFERS,
    ORGANISATION,
    PART_OF,
    SEATED_IN,
    Tie,
    World,
)
from graph.text import fold
from ingest import inclusion
from ingest.actors import PERSON, add_note, slug, tidy
from ingest.addresses import address
from ingest.files.repair import Repaired, date, is_absent, url, yes_or_no
from ingest.files.repair_ids import rna
from ingest.files.repair_places import commune
from ingest.files.several import rows_of
from ingest.files.tables import Table, read_rows
from ingest.inclusion import codes
from ingest.listing import (
    Origin,
    described,
    ignore_persons,
    known,
    listed,
    number,
    point,
    sites,
    sure,
    town,
)
from ingest.organisation_names import is_a_person, world_of
from ingest.places import territory
from ingest.reference import NATION
from ingest.rows import Rejected, Row
from ingest.tabular import Read, Tabular

SOURCE = Source(
    name="data-inclusion",
    title="Structures et services d'insertion sociale et professionnelle (data·inclusion)",
    publisher="Plateforme de l'inclusion, data·inclusion",
    licence="Licence Ouverte 2.0",
    url="https://www.data.gouv.fr/datasets/6233723c2c1e4a54af2f6b2d",
    trust=60,
)

SITE = "https://www.data.inclusion.beta.gouv.fr"

# Told by `read`, which sees the whole edition: the organisation of the record.
_SUBJECT = "→ organisation"
_PERSON = "→ personne"
_FRANCE = "99100"

_PRODUCERS = {
    "dora": ("DORA", "https://dora.inclusion.beta.gouv.fr"),
    "emplois-de-linclusion": (
        "Les emplois de l'inclusion",
        "https://emplois.inclusion.beta.gouv.fr",
    ),
    "conseiller-numerique": (
        "Conseiller numérique",
        "https://www.conseiller-numerique.gouv.fr",
    ),
}
# How one is received, reached or sent; conditions, prices, audiences: the model has no word for
# these. `cle_ban` and `_di_…` are keys of the pipelines.
_UNUSED = (
    "telephone", "courriel", "horaires", "horaires_ouverture", "horaires_accueil",
    "accessibilite", "accessibilite_lieu", "modalites_accompagnement", "modalites_acces",
    "conditions_acces", "prise_rdv", "publics_accueillis", "labels_autres", "frais",
    "frais_autres", "frais_precisions", "profils", "profils_precisions", "publics",
    "publics_precisions", "pre_requis", "cumulable", "justificatifs", "formulaire_en_ligne",
    "recurrence", "contact_public", "contact_nom_prenom", "modes_accueil",
    "modes_orientation_beneficiaire", "modes_orientation_beneficiaire_autres",
    "modes_orientation_accompagnateur", "modes_orientation_accompagnateur_autres",
    "modes_mobilisation", "mobilisable_par", "mobilisation_precisions", "lien_mobilisation",
    "volume_horaire_hebdomadaire", "nombre_semaines", "score_qualite", "doublons", "extra",
)  # fmt: skip


_UNUSED_OF_SERVICES = (
    "presentation_resume", "presentation_detail", "description", "adresse", "complement_adresse",
    "latitude", "longitude", "page_web", "lien_source",
)  # fmt: skip


def read(files: Sequence[Path], taken: set[str]) -> Read:
    """The structures, then the services with the organisation that offers each.

    Structures are read twice: who shares a SIRET with whom is known only at their end.
    """
    services = [file for file in files if _is_of_services(read_rows(file))]
    structures = [file for file in files if file not in services]
    subjects = _subjects(structures)
    for row in rows_of([*structures, *services], taken):
        if isinstance(row, Row):
            local = _local(row, "structure_id" if "structure_id" in row.values else "id")
            if local in subjects:
                row.values = {**row.values, _SUBJECT: subjects[local]}
        yield row


def _is_of_services(table: Table) -> bool:
    found = "structure_id" in table.columns
    table.close()
    return found


def _subjects(files: Sequence[Path]) -> Mapping[str, str]:
    """The organisation of each structure by its local id.

    Structures of several names under one SIRET are places of one legal unit: none is that SIRET.
    """
    found: dict[str, str] = {}
    names = defaultdict(set)
    for row in rows_of(files, set()):
        if isinstance(row, Row) and (local := _local(row, "id")):
            name = row.take("nom")
            found[local] = _PERSON if _is_a_person(name) else _subject(row, local)
            names[found[local]].add(fold(name))
    several = {key for key, borne in names.items() if len(borne) > 1} - {_PERSON}
    return {
        local: f"data-inclusion:{local}" if key in several else key for local, key in found.items()
    }


def _local(row: Row, column: str) -> str:
    """The id of a structure or service among all producers: `dora--4a1b`.

    Since version 1 of the schema ids begin with the producer's; those before did not.
    """
    local, producer = row.take(column), row.take("source")
    if not local:
        return ""
    whole = local if local.startswith(f"{producer}--") else f"{producer}--{local}"
    return re.sub(r"\s+", "_", whole.removeprefix("--"))


def _is_a_person(name: str) -> bool:
    """Whether a name is that of a person: « EI » after a dash is here an entreprise d'insertion."""
    return is_a_person(re.sub(r"\s[-–]\s*EI$", "", name.strip()))


def _subject(row: Row, local: str) -> str:
    """The id of the organisation that a structure is, as far as the record alone tells.

    A branch bears the number of what it is a branch of; a SIREN alone is that of a whole, too.
    """
    branch = sure(row, "antenne non lue", yes_or_no, row.take("antenne"))
    siren, siret = number(row, row.take("siret", "pivot"))
    association = sure(row, "numéro RNA écarté", rna, row.take("rna"))
    if siret and not branch:
        return f"siret:{siret}"
    return f"rna:{association}" if association and not siren else f"data-inclusion:{local}"


def transform(row: Row) -> Iterator[Claim]:
    """What a structure or a service says."""
    row.ignore(_UNUSED)
    row.ignore(name for name in row.values if name.startswith("_"))
    ignore_persons(row)
    if row.take(_SUBJECT) == _PERSON:
        raise Rejected(PERSON)
    told = _service(row) if "structure_id" in row.values else _structure(row)
    yield from told


def _structure(row: Row) -> Iterator[Claim]:
    local, name = _local(row, "id"), tidy(row.take("nom"), row)
    if not local or not name:
        raise Rejected("structure sans identifiant ou sans nom", local or name)
    if _is_a_person(name):
        raise Rejected(PERSON)
    alone = _subject(row, local)
    subject = row.take(_SUBJECT) or alone
    siren = number(row, row.take("siret", "pivot")).siren
    if subject != alone:
        add_note(row, "SIRET donné à plusieurs structures : rattachée à leur unité légale")
    labels = codes(row.take("labels_nationaux", "reseaux_porteurs"))
    said = {
        **_numbers(row, subject, local),
        **known(
            name=name,
            world=_world(row, name, labels, registered=bool(siren)),
            purpose=_purpose(row),
            websites=sites(row, row.take("site_web")),
            address=_address(row),
        ),
        **point(row, row.take("latitude"), row.take("longitude")),
    }
    place = town(row, row.take("code_insee"), row.take("commune"), row.take("code_postal"))
    themes = [code for name in ("services", "thematiques") for code in codes(row.take(name))]
    offers = list(_offers(row, "", [], themes))
    origin = _origin(row, local)
    yield origin.node(subject, ORGANISATION, said)
    if place:
        yield origin.tie(SEATED_IN, subject, place)
    if siren:
        yield origin.tie(PART_OF, subject, f"siren:{siren}")
    yield from _networks(subject, labels, origin)
    yield from _listed(row, subject, origin)
    for tie, end, words in offers:
        yield origin.tie(tie, subject, end, words=words)


def _numbers(row: Row, subject: str, local: str) -> dict[str, Value]:
    """The registry numbers that are this organisation's own, and its number at the producer."""
    scheme, _, code = subject.partition(":")
    others = [f"data-inclusion:{local}"] if scheme != "data-inclusion" else []
    found = known(**{scheme: code}) if scheme in ("siret", "rna") else {}
    association = sure(row, "numéro RNA écarté", rna, row.take("rna"))
    if association and scheme != "rna":
        others.append(f"rna:{association}")
    return found | known(identifiers=others)


def _world(row: Row, name: str, labels: Sequence[str], *, registered: bool) -> str:
    """The world that the type, the networks or the name state; with an RNA number, association."""
    stated = inclusion.world(row.take("typologie"), labels)
    if not stated and row.values.get("rna", "") and not is_absent(row.take("rna")):
        return World.ASSOCIATION.value
    by_name = world_of(name, registered=registered)
    return stated or (by_name.value if by_name else "")


def _purpose(row: Row) -> str:
    """The description, or its summary, without tags."""
    whole = row.take("description", "presentation_detail", "presentation_resume")
    row.ignore(["presentation_resume", "presentation_detail"])
    return tidy(re.sub(r"<[^<>]{0,200}>", " ", whole), row)


def _address(row: Row) -> str:
    lines = (row.take("adresse"), row.take("complement_adresse"))
    return tidy(address(lines, row.take("code_postal"), row.take("commune")), row)


def _networks(subject: str, labels: Sequence[str], origin: Origin) -> Iterator[Claim]:
    """The networks whose label it bears: groups of organisations, not alliances of partners."""
    for code, label in inclusion.networks(labels).items():
        network = f"data-inclusion:reseau-{code}"
        yield described(network, ORGANISATION, name=label, collective=True)
        yield origin.tie(PART_OF, subject, network)


def _listed(row: Row, subject: str, origin: Origin) -> Iterator[Claim]:
    yield from listed(origin, subject, "platform:data-inclusion", "data·inclusion", SITE)
    if producer := row.take("source"):
        name, website = _PRODUCERS.get(producer, (producer, ""))
        yield from listed(origin, subject, f"platform:{slug(producer) or 'autre'}", name, website)


def _service(row: Row) -> Iterator[Claim]:
    """What a service says of the organisation that offers it.

    That of a structure that no file gave is known by its number alone: what is said of it waits
    in the store until a file names it.
    """
    local, structure = _local(row, "id"), _local(row, "structure_id")
    name = tidy(row.take("nom"), row)
    if not local or not structure:
        raise Rejected("service sans identifiant ou sans structure", local or name)
    subject = row.take(_SUBJECT) or f"data-inclusion:{structure}"
    row.ignore(_UNUSED_OF_SERVICES)
    types = codes(row.take("types", "type"))
    themes = codes(row.take("thematiques"))
    offers = list(_offers(row, name, types, themes))
    places = list(_zones(row))
    if not offers and not places:
        raise Rejected("service dont rien ne dit ce qu'il offre ni où", name)
    period = {
        "since": sure(row, "date écartée", date, row.take("date_creation")),
        "until": sure(row, "date écartée", date, row.take("date_suspension")),
    }
    # A producer may number a structure and a service alike.
    origin = _origin(row, f"service {local}")
    for tie, end, words in offers:
        said = {"words": words} | (period if tie is OFFERS else {})
        yield origin.tie(tie, subject, end, **said)
    for place in places:
        yield origin.tie(ACTS_IN, subject, place, words=[name] if name else [], **period)


def _offers(
    row: Row, name: str, types: Sequence[str], told: Sequence[str]
) -> Iterator[tuple[Tie, str, list[str]]]:
    """The means that are offered and the goals that they serve, each with the words for it.

    Where neither types nor themes tell a means, themes are read in the name.
    """
    about, unknown = inclusion.themes(told)
    if unknown:
        add_note(row, f"thématique inconnue : {', '.join(unknown)}")
    if not about and not inclusion.levers(types, ()) and (about := inclusion.themes_in(name)):
        add_note(row, "thématique lue dans le nom du service")
    own = [name] if name else []
    labels = [theme.label for theme in about]
    for lever in inclusion.levers(types, about):
        of_lever = [theme.label for theme in about if lever in theme.levers]
        yield OFFERS, lever, own + (of_lever or labels)
    for goal in dict.fromkeys(goal for theme in about for goal in theme.goals):
        yield AIMS_AT, goal, [theme.label for theme in about if goal in theme.goals]


def _zones(row: Row) -> Iterator[str]:
    """Where a service is open to people: its zone, else the commune where it is given."""
    kind, code = row.take("zone_diffusion_type"), row.take("zone_diffusion_code")
    name, commune_code = row.take("zone_diffusion_nom"), row.take("code_insee")
    here, postcode = row.take("commune"), row.take("code_postal")
    found = [sure(row, "zone écartée", _zone, text) for text in codes(row.take("zone_eligibilite"))]
    if not found and kind == "pays":
        found = [NATION]
    elif not found and kind and (code or name):
        found = [sure(row, "zone écartée", _zone_of, code or name, kind, name)]
    places = [place for place in found if place]
    if not places and (place := town(row, commune_code, here, postcode)):
        places = [place]
    yield from dict.fromkeys(places)


def _zone(code: str) -> Repaired[str]:
    """The territory of a code of `zone_eligibilite`: its length tells what it is a code of."""
    if code in ("france", _FRANCE):
        return Repaired(NATION)
    return territory(f"departement:{code}" if len(code) in (2, 3) else code)


def _zone_of(code: str, kind: str, name: str) -> Repaired[str]:
    """The territory of a `zone_diffusion`."""
    if kind == "commune":
        return commune(code, name)
    if kind in ("departement", "region"):
        return territory(f"{kind}:{code.zfill(2)}" if len(code) < 4 else code)
    return territory(code)


def _origin(row: Row, local: str) -> Origin:
    page = sure(row, "lien écarté", url, row.take("lien_source"))
    day = sure(row, "date écartée", date, row.take("date_maj"))
    return Origin(local, page or "", day or "", row.note)


def _recognises(_: str, columns: frozenset[str]) -> bool:
    services = {"structure_id", "nom", "source", "thematiques"}
    structures = {"id", "nom", "source", "date_maj"}
    marks = ("pivot", "siret", "typologie", "reseaux_porteurs")
    return services <= columns or (structures <= columns and any(mark in columns for mark in marks))


TABULAR = Tabular(
    source=SOURCE,
    files="le fichier des structures, celui des services, ou les deux (JSON ou CSV)",
    read=read,
    transform=transform,
    recognises=_recognises,
)
