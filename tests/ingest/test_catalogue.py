import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim
from graph.errors import AlliageError, RequestError, UnknownSource
from graph.identifiers import is_key
from graph.rdf.terms import Iris
from ingest.catalogue import FILE_SOURCES, NAMES, edition_name, local, tabular
from ingest.reference import SOURCES
from ingest.rows import Rejected, Row
from ingest.tabular import Tabular

FILES = Path(__file__).parents[1] / "data"


def ids(source: Tabular, *files: Path) -> set[str]:
    """The ids of all that a source speaks of."""
    rows = [row for row in source.read(files, set()) if isinstance(row, Row)]
    found: set[str] = set()
    for row in rows:
        with suppress(Rejected):
            found |= {key for claim in source.transform(row) for key in ends(claim)}
    return found


def ends(claim: Claim) -> tuple[str, ...]:
    return (claim.subject,) if isinstance(claim, NodeClaim) else (claim.start, claim.end)


@given(st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True).filter(lambda t: len(t) <= 40))
def test_the_name_of_an_edition_is_fit_for_ids_iris_and_files(edition: str) -> None:
    for source in FILE_SOURCES:
        try:
            name = edition_name(source, edition)
        except RequestError:
            assert edition in NAMES or f"{source}-{edition}" in NAMES
            continue
        assert is_key(f"{name}:1")
        iris = Iris("https://example.org")
        assert iris.source(name) == f"https://example.org/id/source/{name}"
        assert iris.source_name(iris.source(name)) == name
        assert iris.key(iris.thing(f"{name}:1")) == f"{name}:1"
        assert Path(f"{name}.csv").name == f"{name}.csv"


@given(st.text(max_size=60))
def test_whatever_a_person_types_names_an_edition_or_is_refused_in_one_sentence(text: str) -> None:
    try:
        assert edition_name("calls", text) == f"calls-{text}"
    except RequestError as refusal:
        said = refusal.message
    else:
        return
    assert said.startswith(f"« {text} » ")
    hint = re.search(r"par exemple « ([a-z0-9-]+) »", said)
    assert hint is None or edition_name("calls", hint[1]) == f"calls-{hint[1]}"


@pytest.mark.parametrize("taken", ["rna", "table", "ecosystem", *(each.name for each in SOURCES)])
def test_the_name_of_another_source_or_of_what_is_bundled_is_refused(taken: str) -> None:
    with pytest.raises(RequestError, match="déjà le nom d'une source"):
        edition_name("calls", taken)


def test_an_edition_of_a_table_does_not_take_the_name_of_another_source_either() -> None:
    for base, edition in (("city", "contracts"), ("world", "cafe")):
        with pytest.raises(RequestError, match=f"« {base}-{edition} » est déjà le nom"):
            edition_name(base, edition)


@pytest.mark.parametrize("name", FILE_SOURCES)
def test_an_edition_of_any_source_is_that_source_under_another_name(name: str) -> None:
    source, edition = tabular(name), tabular(name, "isere-2024")
    assert source.source.name == name
    assert edition.source.name == f"{name}-isere-2024"
    assert edition.source.title == f"{source.source.title} (isere-2024)"
    assert (edition.source.trust, edition.source.licence) == (
        source.source.trust,
        source.source.licence,
    )
    with pytest.raises(UnknownSource):
        tabular(f"{name}-isere-2024")


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("perimeters", (FILES / "perimeters" / "crte.csv", FILES / "perimeters" / "massifs.csv")),
        ("gogocarto", (FILES / "gogocarto" / "transiscope.geojson",)),
        ("grants", (FILES / "grants" / "subventions.csv",)),
        ("tiers-lieux", (FILES / "tiers-lieux" / "nouvelle-aquitaine.csv",)),
    ],
)
def test_ids_that_mean_the_same_in_every_file_stay_the_same(
    name: str, files: tuple[Path, ...]
) -> None:
    found = ids(tabular(name), *files)
    assert found
    assert ids(tabular(name, "isere"), *files) == found


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("catalysts", ("id,nom,odd\n1,La Turbine,17\nalliage:gaia,Gaïa,17\n",)),
        ("calls", ("id,nom,financeur,odd\n1,Sobriété,Ville de Grenoble,17\n",)),
        (
            "alliances",
            (
                "id,nom,odd\n1,Eau du Trièves,17\n",
                "alliance,membre,siren\n1,Ville de Grenoble,213801855\n1,Une association,\n",
            ),
        ),
    ],
)
def test_ids_that_a_publisher_chose_are_apart_in_two_editions_and_all_else_is_not(
    name: str, tables: tuple[str, ...], tmp_path: Path
) -> None:
    files = [tmp_path / f"{number}.csv" for number in range(len(tables))]
    for file, table in zip(files, tables, strict=True):
        file.write_text(table, encoding="utf-8")
    one, other = (ids(tabular(name, edition), *files) for edition in ("isere", "drome"))
    assert f"{name}-isere:1" in one
    assert {key for key in one if key.startswith(f"{name}-isere:")} == one - other
    assert {key.replace(f"{name}-isere:", f"{name}:") for key in one} == ids(tabular(name), *files)
    assert "goal:17" in one & other


def test_elements_of_maps_that_no_file_names_are_apart(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    text = (FILES / "gogocarto" / "transiscope.geojson").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    one, other = (ids(tabular("gogocarto", edition), path) for edition in ("isere", "drome"))
    assert any(key.startswith("gogocarto-isere:") for key in one)
    assert not any(key.startswith("gogocarto") for key in one & other)
    assert {key.replace("gogocarto-isere:", "gogocarto:") for key in one} == ids(
        tabular("gogocarto"), path
    )


def test_files_and_folders_are_themselves_and_what_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "b.csv").touch()
    (tmp_path / "a.csv").touch()
    assert local([str(tmp_path)]) == [tmp_path / "a.csv", tmp_path / "b.csv"]
    with pytest.raises(AlliageError, match="n'existe pas"):
        local([str(tmp_path / "c.csv")])
