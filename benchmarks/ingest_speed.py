"""How fast the two largest registers go in: rows a second and memory, on generated files.

    python -m benchmarks.ingest_speed [sirene] [rna] [--rows 1000000] [--stages]

The files have the true header and values of the true form (valid SIREN, communes of today, days,
names, purposes); they are the same on every machine. One legal unit in ten is a natural person or
not diffusible, and so rejected: in the true file it is more than one in two.
"""

import argparse
import csv
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from random import Random

from graph.claims import Claim
from graph.identifiers import luhn_sum
from graph.sqlite.store import SqliteStore
from ingest import reference
from ingest.rows import Rejected, Row
from ingest.runner import Ingested, ingest_files
from ingest.sources import rna, sirene
from ingest.tabular import Tabular

ROWS = 1_000_000
SEED = 2026
SIRENE = (
    "siren,statutDiffusionUniteLegale,unitePurgeeUniteLegale,dateCreationUniteLegale,"
    "sigleUniteLegale,sexeUniteLegale,prenom1UniteLegale,prenom2UniteLegale,prenom3UniteLegale,"
    "prenom4UniteLegale,prenomUsuelUniteLegale,pseudonymeUniteLegale,"
    "identifiantAssociationUniteLegale,trancheEffectifsUniteLegale,anneeEffectifsUniteLegale,"
    "dateDernierTraitementUniteLegale,nombrePeriodesUniteLegale,categorieEntreprise,"
    "anneeCategorieEntreprise,dateDebut,etatAdministratifUniteLegale,nomUniteLegale,"
    "nomUsageUniteLegale,denominationUniteLegale,denominationUsuelle1UniteLegale,"
    "denominationUsuelle2UniteLegale,denominationUsuelle3UniteLegale,"
    "categorieJuridiqueUniteLegale,activitePrincipaleUniteLegale,"
    "nomenclatureActivitePrincipaleUniteLegale,nicSiegeUniteLegale,"
    "economieSocialeSolidaireUniteLegale,societeMissionUniteLegale,caractereEmployeurUniteLegale,"
    "activitePrincipaleNAF25UniteLegale"
)
RNA = (
    "id;id_ex;siret;rup_mi;gestion;date_creat;date_decla;date_publi;date_disso;nature;groupement;"
    "titre;titre_court;objet;objet_social1;objet_social2;adrs_complement;adrs_numvoie;"
    "adrs_repetition;adrs_typevoie;adrs_libvoie;adrs_distrib;adrs_codeinsee;adrs_codepostal;"
    "adrs_libcommune;adrg_declarant;adrg_complemid;adrg_complemgeo;adrg_libvoie;adrg_distrib;"
    "adrg_codepostal;adrg_achemine;adrg_pays;dir_civilite;siteweb;publiweb;observation;position;"
    "maj_time"
)
WORDS = (
    "amicale", "atelier", "avenir", "club", "collectif", "comité", "coopérative", "culture",
    "développement", "éducation", "énergie", "entraide", "environnement", "fédération", "forêt",
    "habitat", "insertion", "jardin", "jeunesse", "maison", "mobilité", "montagne", "musique",
    "patrimoine", "réemploi", "ressourcerie", "santé", "solidarité", "sport", "théâtre",
    "transition", "union", "vallée", "village", "vélo",
)  # fmt: skip
PURPOSE = (
    "favoriser {} et {} sur le territoire, soutenir les initiatives des habitants, organiser des"
    " rencontres et des ateliers ouverts à tous, et développer des partenariats avec les"
    " collectivités, les entreprises et les associations qui agissent pour {}"
)
FORMS = ("5499", "5710", "9220", "5499", "5710", "9220", "6540", "5202", "7210", "5599")
THEMES = ("024020", "006030", "011000", "030050", "015025", "020005", "000000", "019016")

Line = Sequence[str]
_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def siren_of(number: int) -> str:
    """A SIREN whose first eight digits are a number: each number gives another."""
    digits = f"{number % 10**8:08d}"
    return digits + str(-luhn_sum(f"{digits}0") % 10)


def siret_of(siren: str) -> str:
    """The SIRET of the first establishment of a legal unit."""
    return f"{siren}0001{-luhn_sum(f'{siren}00010') % 10}"


def _day(random: Random, first: int = 1970, last: int = 2024) -> str:
    return f"{random.randint(first, last)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"


def _name(random: Random) -> str:
    return " ".join(random.choices(WORDS, k=random.randint(2, 4))).upper()


def legal_units(rows: int) -> Iterator[Line]:
    """Records of StockUniteLegale."""
    random = Random(SEED)
    for index in range(rows):
        siren = siren_of(30_000_000 + index * 61)
        kept, ceased = index % 10 != 7, index % 6 == 5
        form = random.choice(FORMS) if kept else "1000"
        association = form == "9220"
        begun = _day(random)
        yield (
            siren, "O", "", begun, random.choice(WORDS)[:4].upper() if index % 4 == 0 else "",
            "", "", "", "", "", "", "",
            f"W{index % 960:03d}{index % 10**6:06d}" if association else "",
            "NN", "", f"{_day(random, 2010)}T09:31:44", "2", "PME", "2022",
            _day(random), "C" if ceased else "A", "" if kept else "DURAND", "",
            _name(random) if kept else "", "", "", "", form, "94.99Z", "NAFRev2",
            siret_of(siren)[9:], "O" if association else "N", "", "N", "94.99Y",
        )  # fmt: skip


def associations(rows: int) -> Iterator[Line]:
    """Records of rna_waldec, in each commune by its population."""
    random = Random(SEED)
    communes = list(reference.rows("communes.csv.gz"))
    inhabitants = list(accumulate(int(each["population"] or 0) for each in communes))
    for index in range(rows):
        place = random.choices(communes, cum_weights=inhabitants)[0]
        dissolved = index % 5 == 4
        postcode = place["postcodes"].split()[0] if place["postcodes"] else ""
        siret = siret_of(siren_of(30_000_000 + index * 61)) if index % 3 == 0 else ""
        title, words = _name(random), random.choices(WORDS, k=3)
        yield (
            f"W{index // 10**6 % 960:03d}{index % 10**6:06d}", "", siret, "", f"{postcode[:2]}1P",
            _day(random), _day(random), _day(random),
            _day(random, 2010) if dissolved else "0001-01-01", "D", "S", title, title[:38],
            PURPOSE.format(*words), random.choice(THEMES), random.choice(THEMES), "",
            str(random.randint(1, 90)), "", "RUE", f"de la {words[0]}", "_", place["code"],
            postcode, place["name"], "", "", "", f"rue de la {words[0]}", "", postcode,
            place["name"].upper(), "FRANCE", "PM", "", "1" if index % 2 else "0", "",
            "D" if dissolved else "A", f"{_day(random, 2010)} 10:11:12",
        )  # fmt: skip


Made = tuple[Tabular, str, str, str, Callable[[int], Iterator[Line]]]
REGISTERS: dict[str, Made] = {
    "sirene": (sirene.TABULAR, "StockUniteLegale_utf8.csv", ",", SIRENE, legal_units),
    "rna": (rna.TABULAR, "rna_waldec_20260101.csv", ";", RNA, associations),
}


def write(name: str, folder: Path, rows: int) -> Path:
    """Write a register of so many rows into a folder."""
    _, file, separator, header, lines = REGISTERS[name]
    path = folder / file
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=separator)
        writer.writerow(header.split(separator))
        writer.writerows(lines(rows))
    return path


def only_read(tabular: Tabular, path: Path) -> int:
    """Read the rows and nothing else; gives their number."""
    return sum(1 for _ in tabular.read([path], set()))


def claims_of(tabular: Tabular, path: Path) -> Iterator[Claim]:
    """The claims of a file."""
    for row in tabular.read([path], set()):
        if isinstance(row, Row):
            try:
                yield from tabular.transform(row)
            except Rejected:
                continue


def only_transform(tabular: Tabular, path: Path) -> int:
    """Read and transform, without writing; gives the number of claims."""
    return sum(1 for _ in claims_of(tabular, path))


def ingested(tabular: Tabular, path: Path) -> Ingested:
    """Read, transform, validate and store into a new store."""
    with closing(SqliteStore(path.with_suffix(".db"), writable=True)) as store:
        return ingest_files(store, tabular, [path], path.parent)


def measure(name: str, path: Path, rows: int, *, stages: bool) -> None:
    """Print the speed of one register, in a process of its own so that memory is its own."""
    tabular = REGISTERS[name][0]
    next(claims_of(tabular, path))  # what is loaded once
    if stages:
        show(name, "lecture", rows, lambda: only_read(tabular, path))
        show(name, "lecture, transformation", rows, lambda: only_transform(tabular, path))
    show(name, "de bout en bout", rows, lambda: ingested(tabular, path))
    own, read = (resource.getrusage(who).ru_maxrss / 1024 for who in _PROCESSES)
    print(
        f"{name:8} mémoire au plus {own + read:,.0f} Mio :"
        f" {own:,.0f} celui qui écrit, {read:,.0f} celui qui lit",
        flush=True,
    )


def _processor() -> list[float]:
    """The seconds of processor of this process and of those that it has seen the end of."""
    used = map(resource.getrusage, _PROCESSES)
    return [one.ru_utime + one.ru_stime for one in used]


def show(name: str, stage: str, rows: int, work: Callable[[], object]) -> None:
    """Print how many rows a second a piece of work takes, by the clock and by the processor."""
    clock, before = time.perf_counter(), _processor()
    work()
    clock = time.perf_counter() - clock
    own, read = (1e6 * (now - then) / rows for now, then in zip(_processor(), before, strict=True))
    speed = f"{rows / clock:10,.0f} lignes/s, {own:6.1f} µs de processeur par ligne"
    beside = f" et {read:.1f} à côté" if read else ""
    print(f"{name:8} {stage:24} {speed}{beside}", flush=True)


def main() -> None:
    """Make the files and measure them."""
    parser = argparse.ArgumentParser(description="Vitesse d'entrée des deux grands répertoires")
    parser.add_argument("registers", nargs="*", help=f"parmi {', '.join(REGISTERS)}")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--stages", action="store_true", help="lecture et transformation à part")
    asked = parser.parse_args()
    for name in asked.registers or REGISTERS:
        with tempfile.TemporaryDirectory() as folder:
            path = write(name, Path(folder), asked.rows)
            process = get_context("spawn").Process(
                target=measure, args=(name, path, asked.rows), kwargs={"stages": asked.stages}
            )
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(process.exitcode)


if __name__ == "__main__":
    main()
