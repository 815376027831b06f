import csv
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import AIMS_AT, ORGANISATION, SEATED_IN
from graph.validation import problems
from ingest.rows import Rejected, Row
from ingest.sources.rna import TABULAR, THEMES, themes, transform
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]
Read: TypeAlias = Callable[[Tabular, Sequence[Path]], Told]

DATA = Path(__file__).parents[2] / "data" / "rna"
WALDEC = DATA / "rna_waldec_20241001.csv"
IMPORT = DATA / "rna_import_20241001_dpt_38.csv"


def header(path: Path) -> list[str]:
    with path.open(encoding="cp1252", newline="") as lines:
        return next(csv.reader(lines, delimiter=";"))


def of(claims: list[Claim], record: str) -> list[Claim]:
    return [claim for claim in claims if claim.record == record]


def node(claims: list[Claim], record: str) -> NodeClaim:
    (found,) = [claim for claim in of(claims, record) if isinstance(claim, NodeClaim)]
    return found


def association(**values: str) -> Row:
    known = {"id": "W381000001", "titre": "GENTIANA", "position": "A", "nature": "D"}
    return Row(dict.fromkeys(header(WALDEC), "") | known | values, "ligne 2", set())


def told_of(**values: str) -> dict[str, object]:
    claim = next(transform(association(**values)))
    assert isinstance(claim, NodeClaim)
    return dict(claim.properties)


def test_the_fixtures_have_the_published_number_of_columns() -> None:
    assert (len(header(WALDEC)), len(header(IMPORT))) == (39, 24)


def test_an_association_is_told_with_its_purpose_and_its_seat(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [WALDEC])
    assert of(claims, "W9T1002359") == [
        NodeClaim(
            "rna:W9T1002359",
            ORGANISATION,
            "W9T1002359",
            {
                "name": "ESCALE",
                "world": "association",
                "legal_form": "9220",
                "ess": True,
                "rna": "W9T1002359",
                "purpose": "contribuer à l'étude et au suivi des populations vertébrés marins et"
                " de leurs habitats et plus particulièrement les tortues , valoriser et diffuser"
                " les connaissances acquises , sensibiliser à la conservation du patrimoine"
                " naturel et culturel associés aux tortues marins",
                "address": "Jardins des épices - Immeuble le Cannelier, Tsoundzou 2, 97600"
                " Mamoudzou",
                "started": "2014-06-12",
                "ended": "2020-09-30",
            },
            date="2024-10-22",
        ),
        TieClaim(SEATED_IN, "rna:W9T1002359", "commune:97611", "W9T1002359", date="2024-10-22"),
        TieClaim(
            AIMS_AT,
            "rna:W9T1002359",
            "goal:15",
            "W9T1002359",
            {"words": ["protection de sites naturels"]},
            date="2024-10-22",
        ),
    ]


def test_with_a_siret_it_is_its_legal_unit(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [WALDEC])
    gentiana = node(claims, "W381000001")
    assert gentiana.subject == "siren:408192722"
    assert gentiana.properties["rna"] == "W381000001"
    assert gentiana.properties["siren"] == "408192722"
    assert gentiana.properties["siret"] == "40819272200010"
    goals = {c.end for c in of(claims, "W381000001") if isinstance(c, TieClaim)}
    assert goals == {"commune:38185", "goal:15", "goal:4", "goal:12"}


def test_a_siret_with_a_wrong_key_is_left_and_noted(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [WALDEC])
    example = node(claims, "W381000002")
    assert example.subject == "rna:W381000002"
    assert "« 40819272200099 » est un SIRET dont la clé de contrôle est fausse" in example.note


def test_a_seat_without_a_code_is_found_by_its_postcode_and_name(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [WALDEC])
    (seat,) = [c for c in of(claims, "W381000002") if isinstance(c, TieClaim)]
    assert seat.end == "commune:38070"
    assert "commune trouvée par son code postal et son nom" in seat.note


def test_nothing_of_persons_and_of_the_management_comes_out(told: Read) -> None:
    claims, _, _, unused = told(TABULAR, [WALDEC, IMPORT])
    shown = repr(claims)
    assert "PERSONNE" not in shown.upper()
    assert "Mme Exemple" not in shown
    assert "bureau@" not in shown
    assert "76 00" not in shown
    assert unused == set()
    assert [problems(claim) for claim in claims] == [[]] * len(claims)


def test_a_site_is_told_only_where_the_association_allows_it(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [WALDEC])
    assert node(claims, "W381000001").properties["websites"] == ["https://www.gentiana.org"]
    assert "websites" not in node(claims, "W381000002").properties


def test_what_is_deleted_or_has_no_title_is_rejected(told: Read) -> None:
    _, rejects, count, _ = told(TABULAR, [WALDEC])
    assert rejects == {"fiche supprimée du répertoire": 1, "association sans titre": 1}
    assert count == 8


def test_a_short_title_is_an_acronym_another_name_or_the_same(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [WALDEC])
    assert node(claims, "W9T1000018").properties["acronym"] == "AAPEO"
    assert node(claims, "W9T1000001").properties["other_names"] == ["AJOI SECTION MAHORAISE"]
    same = node(claims, "W9T1002867").properties
    assert "acronym" not in same
    assert "other_names" not in same


def test_dissolved_without_a_day_it_ended_when_its_file_was_last_changed() -> None:
    said = told_of(position="D", date_disso="0001-01-01", maj_time="2012-05-02 11:12:13")
    assert said["ended"] == "2012-05-02"
    with pytest.raises(Rejected, match="dissoute, sans date"):
        list(transform(association(position="D")))


def test_an_active_one_has_not_ended_whatever_day_stands_there() -> None:
    assert "ended" not in told_of(position="A", date_disso="2019-01-01")


def test_one_of_public_utility_says_so_by_its_form() -> None:
    assert told_of(nature="R")["legal_form"] == "9230"
    assert "legal_form" not in told_of(nature="")


def test_a_record_of_before_2009_keeps_its_old_number(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [IMPORT])
    assert node(claims, "381S0381000010") == NodeClaim(
        "rna-import:381S0381000010",
        ORGANISATION,
        "381S0381000010",
        {
            "name": "AMICALE LAIQUE D'EXEMPLE",
            "world": "association",
            "legal_form": "9220",
            "ess": True,
            "identifiers": ["ancien numéro RNA 0381000010"],
            "purpose": "éducation à l'environnement",
            "address": "2 place de l'Église, 38000 GRENOBLE",
        },
        date="2006-01-01",
    )


def test_the_zip_of_all_departements_says_what_its_files_say(told: Read, tmp_path: Path) -> None:
    lines = WALDEC.read_text().splitlines(keepends=True)
    packed = tmp_path / "rna_waldec_20241001.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rna_waldec_20241001_dpt_976.csv", "".join(lines[:5]))
        archive.writestr("rna_waldec_20241001_dpt_38.csv", "".join([lines[0], *lines[5:]]))
    apart, _, count, unused = told(TABULAR, [packed])
    whole, _, _, _ = told(TABULAR, [WALDEC])
    assert sorted(map(repr, apart)) == sorted(map(repr, whole))
    assert (count, unused) == (8, set())


def test_a_file_in_latin_1_says_the_same(told: Read, tmp_path: Path) -> None:
    path = tmp_path / WALDEC.name
    path.write_text(WALDEC.read_text(encoding="utf-8"), encoding="cp1252")
    assert told(TABULAR, [path])[0] == told(TABULAR, [WALDEC])[0]


@pytest.mark.parametrize("path", [WALDEC, IMPORT])
def test_both_files_are_recognised(path: Path) -> None:
    assert TABULAR.recognises(path.name, frozenset(header(path)))
    assert not TABULAR.recognises(path.name, frozenset(["id", "titre"]))


def test_every_goal_of_the_table_of_themes_is_one_of_the_seventeen() -> None:
    goals = {goal for theme in themes().values() for goal in theme.goals}
    assert goals < {f"goal:{number}" for number in range(1, 18)}
    # That of alliances is everyone's.
    assert "goal:17" not in goals


def test_the_table_of_themes_holds_the_whole_nomenclature_of_the_ministry(shared: Path) -> None:
    path = shared / "data" / "nomenclatures" / "rna_objet_social.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        published = [(row["code"], row["label"]) for row in csv.DictReader(lines, delimiter="\t")]
    with THEMES.open(encoding="utf-8", newline="") as lines:
        ours = [(row["code"], row["label"]) for row in csv.DictReader(lines)]
    assert ours == published


_ODD = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "A", "D", "S", "0", "1", "024020", "38185", "40819272200010", "2012-05-02"]
    ),
)


@given(st.sampled_from([WALDEC, IMPORT]), st.data())
def test_no_record_breaks_it(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], path: Path, data: st.DataObject
) -> None:
    names = header(path)
    values = dict.fromkeys(names, "") | {"id": "W381000001", "titre": "GENTIANA"}
    takes_or_rejects(TABULAR, values | data.draw(st.dictionaries(st.sampled_from(names), _ODD)))
