import gzip
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.errors import SourceError
from ingest.files import archives
from ingest.files.archives import members

RNA = "id;titre\nW381000001;LES AMIS DU VERCORS\n"


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def content(path: Path, pattern: str = "") -> dict[str, bytes]:
    found = {}
    for member in members(path, pattern):
        with member.open() as stream:
            found[member.name] = stream.read()
    return found


def refusal(what: Callable[[], object]) -> str:
    with pytest.raises(SourceError) as raised:
        what()
    return raised.value.message


def test_the_register_of_associations_is_a_zip_with_a_file_a_departement(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "rna_waldec.zip",
        {
            "rna_waldec_20240101_dpt_38.csv": RNA.encode(),
            "rna_waldec_20240101_dpt_01.csv": b"id;titre\n",
            "__MACOSX/._rna_waldec_20240101_dpt_01.csv": b"x",
            "lisez-moi.pdf": b"x",
        },
    )
    assert content(path, "RNA_waldec_*.csv") == {
        "rna_waldec_20240101_dpt_01.csv": b"id;titre\n",
        "rna_waldec_20240101_dpt_38.csv": RNA.encode(),
    }
    assert refusal(lambda: members(path)) == (
        "« rna_waldec.zip » contient plusieurs tables, dites laquelle ou lesquelles lire :"
        " rna_waldec_20240101_dpt_01.csv, rna_waldec_20240101_dpt_38.csv."
    )


def test_the_only_table_of_a_zip_needs_no_name(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"d/ess.csv": b"a\n", "notice.pdf": b"", "d/": b""})
    assert content(path) == {"d/ess.csv": b"a\n"}


def test_a_zip_without_a_table_says_what_it_holds(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"notice.pdf": b""})
    assert refusal(lambda: members(path)) == "« a.zip » ne contient aucune table : notice.pdf."
    assert refusal(lambda: members(path, "*.csv")) == (
        "« a.zip » ne contient aucun fichier « *.csv » : notice.pdf."
    )


def test_a_gzip_and_a_plain_file_hold_themselves(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.csv", tmp_path / "b.csv.gz"
    plain.write_bytes(b"a\n")
    packed.write_bytes(gzip.compress(b"b\n") + gzip.compress(b"c\n"))
    assert content(plain) == {"a.csv": b"a\n"}
    assert content(packed) == {"b.csv": b"b\nc\n"}


@pytest.mark.parametrize(
    "name", ["../etc/passwd.csv", "/etc/passwd.csv", "a/../../b.csv", "C:\\b.csv", "..\\b.csv"]
)
def test_a_path_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", {name: b"x", "good.csv": b"x"})
    assert refusal(lambda: members(path, "good.csv")).startswith(
        "« a.zip » contient un chemin qui sort de l'archive"
    )


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("passwd.csv")
    info.external_attr = 0o120777 << 16
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "sort de l'archive" in refusal(lambda: members(path))


def test_decompression_bombs_are_refused(tmp_path: Path) -> None:
    bomb = b"\0" * (20 << 20)
    expected = " se décompresse en bien plus que ne fait un fichier sincère : refusé."
    path = zipped(tmp_path / "a.zip", {"a.csv": bomb})
    assert refusal(lambda: members(path)) == f"« a.zip »{expected}"
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(bomb))
    assert refusal(lambda: content(packed)) == f"« b.csv.gz »{expected}"


def test_more_than_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": b"12345", "b.csv": b"12345"})
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(random.Random(1).randbytes(20 << 20)))
    monkeypatch.setattr(archives, "MAX_SIZE", 8)
    assert "refusé" in refusal(lambda: members(path, "*.csv"))
    assert "refusé" in refusal(lambda: content(packed))
    monkeypatch.setattr(archives, "MAX_MEMBERS", 1)
    assert refusal(lambda: members(path, "*.csv")) == (
        "« a.zip » contient plus de 1 fichiers : refusé."
    )


def test_an_archive_within_an_archive_is_refused(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", "x")
    path = zipped(tmp_path / "a.zip", {"a.csv": inner.getvalue()})
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(gzip.compress(b"x")))
    for file in (path, packed):
        assert refusal(lambda file=file: content(file)) == (  # type: ignore[misc]
            f"« {file.name} » contient une archive dans l'archive : décompressez la première."
        )


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": b"x"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert refusal(lambda: members(path)) == (
        "« a.zip » est protégé par un mot de passe : donnez l'archive sans mot de passe,"
        " ou le fichier décompressé."
    )


def test_damaged_and_truncated_archives_are_refused(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(50_000)
    path, packed = zipped(tmp_path / "a.zip", {"a.csv": noise}), tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(noise))
    for file in (path, packed):
        expected = f"« {file.name} » est tronqué ou abîmé : téléchargez-le de nouveau."
        whole = file.read_bytes()
        file.write_bytes(whole[:25_000])
        assert refusal(lambda file=file: content(file)) == expected  # type: ignore[misc]
        file.write_bytes(whole[:25_000] + b"!!" + whole[25_002:])
        assert refusal(lambda file=file: content(file)) == expected  # type: ignore[misc]


@pytest.mark.parametrize(
    ("magic", "kind"),
    [(b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07\x00", "RAR"), (b"BZh91AY", "bzip2")],
)
def test_other_archives_are_named(tmp_path: Path, magic: bytes, kind: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(magic + b"x" * 20)
    assert f"est une archive {kind}, qu'Alliage ne lit pas" in refusal(lambda: members(path))


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    assert refusal(lambda: members(tmp_path / "a.csv")) == (
        "« a.csv » ne peut pas être lu : il n'existe pas."
    )
    assert refusal(lambda: members(tmp_path)).endswith("ne peut pas être lu : c'est un dossier.")
