"""Any table that a person describes with a mapping: a spreadsheet of partners, say."""

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import replace
from functools import partial
from pathlib import Path

from graph.claims import Claim, NodeClaim, TieClaim, Value
from graph.errors import SourceError
from graph.identifiers import is_key
from graph.model import (
    GOAL,
    LEVER,
    ORGANISATION,
    PART_OF,
    TERRITORY,
    Kind,
    Property,
    Tie,
    ValueType,
    kind_named,
    tie_named,
)
from graph.validation import problems
from ingest import reference
from ingest.files.persons import speaks_of_a_person, without_contacts
from ingest.files.repair import Repaired, amount, date, is_absent, url
from ingest.files.repair_ids import rna, siren_or_siret
from ingest.files.repair_places import commune, commune_at, coordinates
from ingest.files.tables import Table, columns_of, read_rows
from ingest.mapped_values import commune_named, meant_by, split, value_of
from ingest.mapping import Mapping, PropertySaid, TieSaid, ends
from ingest.places import territory
from ingest.rows import Rejected, Row
from ingest.tabular import Read, Tabular
from ingest.words import goals, lever, means_in, slug, term

_NATURAL_PERSON = "1000"
_PERSON = re.compile(r"(?:M|Mr|Mme|Mlle|Monsieur|Madame|Mademoiselle)\b\.?\s+\S")
_COORDINATES = ("latitude", "longitude")


def tabular(mapping: Mapping) -> Tabular:
    """The source that a mapping makes of a table."""
    return Tabular(
        source=mapping.of(),
        files="la table que décrit la correspondance (CSV, TSV, XLSX, ODS, Parquet ou JSON)",
        read=partial(read, mapping),
        transform=partial(transform, mapping),
        recognises=lambda _name, _columns: False,
    )


def edition(mapping: Mapping, name: str) -> Mapping:
    """The same mapping of a source of another name, which its own ids begin with."""
    said = mapping.source.model_copy(update={"name": name})
    return mapping.model_copy(update={"source": said})


def read(mapping: Mapping, paths: Sequence[Path], taken: set[str]) -> Read:
    """The rows of each table.

    Raises:
        SourceError: a table lacks a column that the mapping names.
    """
    for path in paths:
        said = mapping.file
        table = read_rows(
            path,
            member=said.member,
            sheet=said.sheet,
            separator=said.separator,
            encoding=said.encoding,
            records=said.records,
            taken=taken,
        )
        _refuse_missing(mapping, path, table)
        yield from table


def _refuse_missing(mapping: Mapping, path: Path, table: Table) -> None:
    missing = [column for column in mapping.columns() if column not in table.columns]
    if missing:
        # Of JSON, the first record does not have them all.
        said = mapping.file
        known = columns_of(path, member=said.member, sheet=said.sheet, records=said.records)
        missing = [column for column in missing if column not in known]
    if missing:
        listed = ", ".join(f"« {column} »" for column in missing)
        have = ", ".join(f"« {column} »" for column in table.columns)
        raise SourceError(
            f"« {path.name} » n'a pas de colonne {listed} ; il a : {have}. Corrigez la"
            " correspondance, ou la table."
        )


def transform(mapping: Mapping, row: Row) -> Iterator[Claim]:
    """What one row says: a thing, its ties, and the actors at their other ends.

    A value that is not certain is left out and noted; only a row that names nothing, or a natural
    person, is rejected.
    """
    return _Telling(mapping, row).claims()


class _Telling:
    """The claims of one row, while they are being made."""

    def __init__(self, mapping: Mapping, row: Row) -> None:
        self.mapping = mapping
        self.row = row
        self.kind = kind_named(mapping.kind)
        self.scheme = mapping.source.name
        self.url = self._address()
        self.date = self._day(mapping.updated)

    def claims(self) -> Iterator[Claim]:
        """Every claim of the row; those about its thing bear its notes, whole at the end."""
        row, mapping = self.row, self.mapping
        row.ignore(mapping.ignore)
        row.ignore(column for column in row.values if speaks_of_a_person(column))
        said = self._properties()
        key, record = self._subject(said)
        self._complete(said)
        told = list(self._ties(key))
        whole = self._whole(key) if key.startswith("siret:") else []
        node = NodeClaim(key, self.kind, record, said, row.locator, self.url, self.date)
        found = [node, *whole, *told]
        wrong = [phrase for claim in found for phrase in problems(claim)]
        if wrong:
            raise Rejected(wrong[0])
        for claim in found:
            other = isinstance(claim, NodeClaim) and claim is not node
            yield claim if other else replace(claim, note=row.note)

    def take(self, columns: Sequence[str]) -> str:
        """The first value present among columns; nothing where it only says "none"."""
        return self._present(self.row.take(*columns)) if columns else ""

    def each(self, columns: Sequence[str]) -> Iterator[str]:
        """The value of each of the columns that has one."""
        for column in columns:
            if text := self._present(self.row.take(column)):
                yield text

    @staticmethod
    def _present(text: str) -> str:
        return "" if is_absent(text) else text

    def note(self, what: str, error: Rejected) -> None:
        """Say which value was left out, and why."""
        shown = f" « {error.value[:80]} »" if error.value else ""
        self.row.notes.append(f"{what}{shown} laissé : {error.reason}")

    def repaired(self, what: str, repair: Callable[[], Repaired[str]]) -> str:
        """A repaired text; nothing, and a note, where it is not certain."""
        try:
            value, said = repair()
        except Rejected as error:
            self.note(what, error)
            return ""
        if said:
            self.row.notes.append(said)
        return value

    def _address(self) -> str:
        text = self.take(self.mapping.page)
        return self.repaired("adresse de la fiche", lambda: url(text)) if text else ""

    def _day(self, columns: Sequence[str]) -> str:
        text = self.take(columns)
        return self.repaired("date", lambda: date(text)) if text else ""

    # The thing itself.

    def _properties(self) -> dict[str, Value]:
        said: dict[str, Value] = {}
        for name, where in self.mapping.properties.items():
            declared = self.kind.property(name)
            if declared is None or name in _COORDINATES:
                continue
            texts = self._texts(declared, where)
            values = [value for text in texts for value in self._typed(declared, where, text)]
            if declared.many:
                said[name] = list(dict.fromkeys(str(value) for value in values))
            elif values:
                said[name] = values[0]
        said |= self._coordinates()
        return {name: value for name, value in said.items() if value not in ("", [])}

    def _texts(self, declared: Property, where: PropertySaid) -> list[str]:
        if where.constant:
            return list(where.constant)
        if not declared.many:
            return [text] if (text := self.take(where.columns)) else []
        return [item for text in self.each(where.columns) for item in split(text, where.separator)]

    def _typed(self, declared: Property, where: PropertySaid, text: str) -> list[str | int | float]:
        """The value that a text is; none, and a note, where it is none."""
        meant = meant_by(where.values, text)
        try:
            value, note = value_of(declared, text if meant is None else meant)
        except Rejected as error:
            self.note(declared.fr, error)
            return []
        if note:
            self.row.notes.append(note)
        return [value] if value != "" else []

    def _coordinates(self) -> dict[str, Value]:
        where = [self.mapping.properties.get(name) for name in _COORDINATES]
        both = [self.take(each.columns) if each else "" for each in where]
        if not all(both):
            return {}
        try:
            (latitude, longitude), note = coordinates(*both)
        except Rejected as error:
            self.note("coordonnées", error)
            return {}
        if note:
            self.row.notes.append(note)
        return {"latitude": latitude, "longitude": longitude}

    def _subject(self, said: dict[str, Value]) -> tuple[str, str]:
        """The id of the thing and the id of the record; identifiers go among the properties."""
        name = str(said.get("name", ""))
        if _PERSON.match(name):
            raise Rejected("personne physique")
        local = re.sub(r"\s+", "-", self.take(self.mapping.id.local))
        record = local or slug(name)
        number = self._number(self.mapping.id.siren)
        registered = self._rna()
        if self.kind is ORGANISATION:
            said |= _identifiers(number, registered)
        if len(number) == 14 and self.mapping.id.establishments:
            # The SIREN is that of its legal unit, not its own.
            said.pop("siren", None)
            return f"siret:{number}", record or number
        if number:
            return f"siren:{number[:9]}", record or number
        if registered:
            return f"rna:{registered}", record or registered
        if local:
            return (local if is_key(local) else f"{self.scheme}:{local}"), local
        if not record:
            raise Rejected("n'a ni identifiant ni nom")
        return self._named(self.kind, name, self._homonym()), f"{record}{self._homonym()}"

    def _homonym(self) -> str:
        """What tells two rows of one name apart: their commune, where a row says it."""
        for each in self.mapping.ties.get("SEATED_IN", ()):
            place = self.take(each.code) or self.take(each.postcode) or self.take(each.commune)
            if place:
                return f"-{slug(place)}"
        return ""

    def _named(self, kind: Kind, name: str, homonym: str = "") -> str:
        # Kinds apart: an organisation and an alliance may bear one name.
        return f"{self.scheme}:{kind.name.lower()}-{slug(name) or 'sans-nom'}{homonym}"

    def _number(self, columns: Sequence[str]) -> str:
        text = self.take(columns)
        return self.repaired("SIREN", lambda: siren_or_siret(text)) if text else ""

    def _rna(self) -> str:
        text = self.take(self.mapping.id.rna)
        return self.repaired("numéro RNA", lambda: rna(text)) if text else ""

    def _complete(self, said: dict[str, Value]) -> None:
        """World and ESS mark from the legal form, where the table does not say them."""
        form = reference.legal_forms().get(str(said.get("legal_form", "")))
        if form is None:
            return
        if form.code == _NATURAL_PERSON:
            raise Rejected("personne physique")
        if form.world and "world" not in said:
            said["world"] = form.world.value
        if form.ess is not None and "ess" not in said:
            said["ess"] = form.ess

    def _whole(self, key: str) -> list[Claim]:
        siren = key.partition(":")[2][:9]
        unit = NodeClaim(f"siren:{siren}", ORGANISATION, siren, {"siren": siren})
        return [unit, TieClaim(PART_OF, key, unit.subject, f"{key} PART_OF {unit.subject}")]

    # Its ties.

    def _ties(self, key: str) -> Iterator[Claim]:
        for name, several in self.mapping.ties.items():
            tie = tie_named(name)
            for said in several:
                other, acts = _end(self.kind, tie, said)
                if other is TERRITORY:
                    yield from (self._tie(tie, said, key, end) for end in self._places(said))
                elif other is GOAL:
                    yield from (self._tie(tie, said, key, end) for end in self._goals(said))
                elif other is LEVER:
                    for end, words in self._levers(tie, said):
                        yield self._tie(tie, said, key, end, words)
                else:
                    yield from self._actors(tie, said, key, other, acts)

    def _tie(self, tie: Tie, said: TieSaid, start: str, end: str, words: str = "") -> TieClaim:
        free = without_contacts(words or self.take(said.words)).value
        told = self._tie_properties(tie, said, free)
        # Rows that speak of one tie in other words each say something.
        record = f"{start} {tie.name} {end} {slug(free)[:60]}".strip()
        return TieClaim(tie, start, end, record, told, self.row.locator, self.url, self.date)

    def _tie_properties(self, tie: Tie, said: TieSaid, words: str) -> dict[str, Value]:
        told: dict[str, Value] = {}
        if words and tie.property("words"):
            told["words"] = [words]
        if role := self.take(said.role):
            told |= self._role(tie, said.roles, role)
        for name, columns in (("since", said.since), ("until", said.until)):
            if day := self._day(columns):
                told[name] = day
        if paid := self.take(said.amount):
            try:
                told["amount"] = amount(paid).value
            except Rejected as error:
                self.note("montant", error)
        return told

    def _role(self, tie: Tie, roles: Pairs[str, str], text: str) -> dict[str, Value]:
        declared = tie.property("role")
        if declared is None or isinstance(declared.type, ValueType):
            return {}
        found = term(declared.type, meant_by(roles, text) or text)
        if found is None:
            self.note("rôle", Rejected("n'est pas un rôle connu", text))
            return {}
        return {"role": found.value}

    def _places(self, said: TieSaid) -> Iterator[str]:
        if place := self._commune(said):
            yield place
        for text in self._items(said):
            meant = meant_by(said.values, text) or text
            if found := self.repaired("territoire", partial(territory, meant)):
                yield found

    def _commune(self, said: TieSaid) -> str:
        """A commune by its code, else by postcode and name, else by a name that is the only one."""
        code, postal, name = (self.take(c) for c in (said.code, said.postcode, said.commune))
        if code:
            return self.repaired("commune", lambda: commune(code, name))
        if postal and name:
            return self.repaired("commune", lambda: commune_at(postal, name))
        return self.repaired("commune", lambda: commune_named(name)) if name else ""

    def _items(self, said: TieSaid) -> Iterator[str]:
        yield from said.constant
        for text in self.each(said.columns):
            yield from split(text, said.separator)

    def _goals(self, said: TieSaid) -> Iterator[str]:
        yield from said.constant
        for text in self.each(said.columns):
            meant = meant_by(said.values, text)
            found, left = ([meant], []) if meant else goals(text)
            yield from found
            for words in left:
                self.note("objectif", Rejected("n'est pas un ODD", words))

    def _levers(self, tie: Tie, said: TieSaid) -> Iterator[tuple[str, str]]:
        for text in self._items(said):
            meant = meant_by(said.values, text)
            exact = lever(meant or text)
            found = [exact] if exact else means_in(text)
            if not found and said.lever and (default := lever(said.lever)):
                found = [default]
            if not found:
                self.note(f"« {tie.verb} »", Rejected("ne nomme aucun moyen reconnu", text))
            for each in found:
                yield each, "" if exact and not meant else text

    def _actors(
        self, tie: Tie, said: TieSaid, key: str, other: Kind, acts: bool
    ) -> Iterator[Claim]:
        number, local = self._number(said.siren), self.take(said.local)
        names = [meant_by(said.values, text) or text for text in self._items(said)]
        names = names or ([""] if number or local else [])
        for name in names:
            if _PERSON.match(name):
                self.row.notes.append("une personne physique laissée")
                continue
            alone = len(names) == 1
            end = self._actor(other, name, number if alone else "", local if alone else "")
            if end == key:
                continue
            if not is_key(name) and not is_key(local):
                yield self._actor_claim(other, end, name, said)
            start, stop = (key, end) if acts else (end, key)
            yield self._tie(tie, said, start, stop)

    def _actor(self, kind: Kind, name: str, number: str, local: str) -> str:
        if number:
            return f"siren:{number[:9]}"
        text = re.sub(r"\s+", "-", local or name)
        if is_key(text):
            return text
        return f"{self.scheme}:{text}" if local else self._named(kind, name)

    def _actor_claim(self, kind: Kind, key: str, name: str, said: TieSaid) -> NodeClaim:
        told: dict[str, Value] = {"name": without_contacts(name)[0]} if name else {}
        if key.startswith("siren:"):
            told["siren"] = key.partition(":")[2]
        if said.url and kind.property("websites"):
            told["websites"] = [said.url]
        return NodeClaim(key, kind, f"{key} {slug(name)}".strip(), told)


def _end(kind: Kind, tie: Tie, said: TieSaid) -> tuple[Kind, bool]:
    """The kind at the other end, and whether the thing of the row is the one who acts."""
    found = list(ends(kind, tie))
    wanted = [each for each in found if not said.kind or each[0].name == said.kind]
    turned = [each for each in wanted if each[1] is not said.reverse]
    return (turned or wanted)[0]


def _identifiers(number: str, registered: str) -> dict[str, Value]:
    said: dict[str, Value] = {}
    if number:
        said["siren"] = number[:9]
    if len(number) == 14:
        said["siret"] = number
    if registered:
        said["rna"] = registered
    return said
