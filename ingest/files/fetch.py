"""A source that is a URL: downloaded, resumed, checked, its last good copy kept."""

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import platformdirs

from graph.errors import SourceError
from ingest.files.transfer import Answer, Clock, Failed, Limits, answered, shown

__all__ = ["Fetched", "Limits", "cache_folder", "fetch", "is_url"]

AGENT = "alliage"
_GRACE = 60
_AGAIN = frozenset([408, 425, 429, 500, 502, 503, 504])

Progress: TypeAlias = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was downloaded, now or before.

    Attributes:
        path: where it is.
        url: where it came from, redirections followed.
        changed: whether it is another than the last time.
        retrieved: when it came, as ISO 8601 with time zone.
        problem: why an older copy is given; empty where it is the newest.
    """

    path: Path
    url: str
    changed: bool
    retrieved: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Copy:
    """What is known of a copy that is kept."""

    name: str
    url: str
    size: int
    sha256: str
    etag: str
    modified: str
    retrieved: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for."""

    url: str
    folder: Path
    sha256: str
    size: int | None
    progress: Progress


def is_url(text: str) -> bool:
    """Whether a text is the address of a file on the web rather than its path."""
    return text.lower().startswith(("http://", "https://"))


def cache_folder() -> Path:
    """Where copies are kept, unless a setting says otherwise: the user's cache."""
    return platformdirs.user_cache_path("alliage", appauthor=False) / "files"


def fetch(
    url: str,
    folder: Path,
    *,
    sha256: str = "",
    size: int | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress = lambda done, total: None,
) -> Fetched:
    """The file at an address: its newest state, or the last good copy where that cannot be had.

    A copy that the server says is unchanged is not sent again; a download that was cut off is
    taken up where it ended, in this call or in a later one, if the file is still the same.

    Args:
        url: http or https.
        folder: where copies are kept (`cache_folder()`).
        sha256: checksum in hexadecimal digits, where the publisher gives one.
        size: bytes, where the publisher says how many.
        limits: in time and size.
        progress: called with the bytes that came and those of the whole, if that is known.

    Raises:
        SourceError: it cannot be had, or is not what was announced, and there is no older copy.
    """
    if not is_url(url) or not urlsplit(url).hostname:
        raise SourceError(f"« {shown(url)} » n'est pas une adresse http ou https.")
    if "@" in urlsplit(url).netloc:
        raise SourceError(f"L'adresse de « {shown(url)} » contient un mot de passe : ôtez-le.")
    place = folder / hashlib.sha256(url.encode()).hexdigest()[:16]
    wanted = _Wanted(url, place, sha256.lower(), size, progress)
    try:
        place.mkdir(parents=True, exist_ok=True)
        with _Lock(place / "lock", limits.overall), Clock(limits) as clock:
            return _newest(wanted, clock)
    except OSError as error:
        why = error.strerror or str(error)
        raise SourceError(
            f"« {shown(url)} » ne peut pas être gardé dans « {folder} » : {why}."
        ) from error


def _newest(wanted: _Wanted, clock: Clock) -> Fetched:
    kept = _kept(wanted)
    if kept and wanted.sha256 == kept.sha256:
        return _fetched(wanted, kept, changed=False)
    try:
        return _with_attempts(wanted, kept, clock)
    except Failed as failure:
        if kept:
            return _fetched(wanted, kept, changed=False, problem=failure.reason)
        raise SourceError(
            f"« {shown(wanted.url)} » ne peut pas être téléchargé : {failure.reason}."
        ) from failure


def _with_attempts(wanted: _Wanted, kept: _Copy | None, clock: Clock) -> Fetched:
    attempt = 1
    while True:
        try:
            return _attempt(wanted, kept, clock)
        except Failed as failure:
            pause = clock.limits.pause * 2 ** (attempt - 1)
            last = attempt >= clock.limits.attempts or pause > clock.left()
            if last or not failure.may_pass:
                raise
            time.sleep(pause)
            attempt += 1


def _attempt(wanted: _Wanted, kept: _Copy | None, clock: Clock) -> Fetched:
    """One request, and what came of it."""
    part = _Part(wanted.folder)
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity", **part.headers()}
    if kept and not part.begun:
        headers |= _conditions(kept)
    with answered(wanted.url, headers, clock) as answer:
        if answer.status == 304 and kept:
            return _fetched(wanted, kept, changed=False)
        if answer.status == 416 and part.begun:
            part.forget()
            raise Failed("le fichier a changé pendant le téléchargement", may_pass=True)
        if answer.status not in (200, 206):
            raise _refused(answer.status)
        if "text/html" in answer.headers.get("Content-Type", "") and not _is_page(wanted.url):
            raise Failed("le serveur a répondu par une page web")
        part.take(answer, wanted, clock.limits)
        return _finished(part, wanted, kept, answer)


def _conditions(kept: _Copy) -> dict[str, str]:
    if kept.etag:
        return {"If-None-Match": kept.etag}
    return {"If-Modified-Since": kept.modified} if kept.modified else {}


def _is_page(url: str) -> bool:
    return urlsplit(url).path.lower().endswith((".html", ".htm"))


def _refused(status: int) -> Failed:
    match status:
        case 301 | 302 | 303 | 307 | 308:
            return Failed("le serveur renvoie en boucle, ou vers une adresse qui n'est pas sûre")
        case 401 | 403:
            return Failed(f"le serveur en refuse l'accès ({status})")
        case 404 | 410:
            return Failed(f"le fichier n'y est plus ({status}) ; cherchez sa nouvelle adresse")
        case _:
            return Failed(f"le serveur répond par l'erreur {status}", may_pass=status in _AGAIN)


class _Part:
    """The beginning of a file, kept until the rest has come.

    Attributes:
        begun: bytes that are there.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "part"
        self._about = folder / "part.json"
        self._validator = ""
        self.begun = 0
        about = _read_json(self._about)
        if self.path.is_file() and isinstance(about.get("validator"), str):
            self._validator = str(about["validator"])
            self.begun = self.path.stat().st_size if self._validator else 0

    def headers(self) -> dict[str, str]:
        """Ask for the rest, if the file is still the same (RFC 9110, 13.1.5)."""
        if not self.begun:
            return {}
        return {"Range": f"bytes={self.begun}-", "If-Range": self._validator}

    def forget(self) -> None:
        """Begin anew the next time."""
        self.path.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)
        self.begun = 0

    def take(self, answer: Answer, wanted: _Wanted, limits: Limits) -> None:
        """Write what comes after what is there, or anew where the whole comes.

        Raises:
            Failed: it is too large, or was cut off.
        """
        total = self._whole_size(answer)
        if total is not None and total > limits.size:
            raise Failed(f"il est plus grand que la limite ({total} octets)")
        if answer.status == 200:
            self.forget()
            about = {"validator": _validator(answer)}
            self._about.write_text(json.dumps(about), encoding="utf-8")
        done = self.begun
        with self.path.open("ab") as file:
            for piece in answer.pieces():
                done += len(piece)
                if done > limits.size:
                    self.path.unlink()
                    raise Failed(f"il dépasse la limite de {limits.size} octets")
                file.write(piece)
                wanted.progress(done, total)
            file.flush()
            os.fsync(file.fileno())
        if total is not None and done < total:
            raise Failed(f"la connexion a été coupée à {done} octets sur {total}", may_pass=True)
        if total is not None and done > total:
            self.forget()
            raise Failed("le serveur a envoyé plus qu'annoncé", may_pass=True)

    def _whole_size(self, answer: Answer) -> int | None:
        """How many bytes the whole has, as the answer says.

        Raises:
            Failed: it gives another part than was asked for.
        """
        length = answer.headers.get("Content-Length", "")
        if answer.status == 200:
            return int(length) if length.isdigit() else None
        said = answer.headers.get("Content-Range", "")
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", said)
        if not found or int(found[1]) != self.begun:
            self.forget()
            raise Failed("le serveur a envoyé une autre partie du fichier", may_pass=True)
        return int(found[2]) + 1 if found[3] == "*" else int(found[3])


def _validator(answer: Answer) -> str:
    """What says that a file is the same: a strong tag, or else its date (RFC 9110, 8.8)."""
    tag = answer.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return str(tag)
    return str(answer.headers.get("Last-Modified", ""))


def _finished(part: _Part, wanted: _Wanted, kept: _Copy | None, answer: Answer) -> Fetched:
    """Check a whole file and put it in the place of the older copy.

    Raises:
        Failed: it is not what the publisher announced.
    """
    size = part.path.stat().st_size
    if not size:
        raise Failed("le serveur a envoyé un fichier vide", may_pass=True)
    with part.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if wanted.size not in (None, size) or wanted.sha256 not in ("", sha256):
        part.forget()
        raise Failed("ce qui a été reçu n'est pas ce qui était annoncé (taille ou empreinte)")
    name = _name(answer.url, wanted.url)
    copy = _Copy(
        name,
        shown(answer.url),
        size,
        sha256,
        answer.headers.get("ETag", ""),
        answer.headers.get("Last-Modified", ""),
        time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    )
    _path(wanted, copy).parent.mkdir(exist_ok=True)
    part.path.replace(_path(wanted, copy))
    part.forget()
    about = wanted.folder / "copy.json.new"
    about.write_text(json.dumps(asdict(copy)), encoding="utf-8")
    about.replace(wanted.folder / "copy.json")
    if kept and _path(wanted, kept) != _path(wanted, copy):
        shutil.rmtree(_path(wanted, kept).parent, ignore_errors=True)
    changed = kept is None or kept.sha256 != sha256
    return _fetched(wanted, copy, changed=changed)


def _fetched(wanted: _Wanted, copy: _Copy, *, changed: bool, problem: str = "") -> Fetched:
    return Fetched(_path(wanted, copy), copy.url, changed, copy.retrieved, problem)


def _path(wanted: _Wanted, copy: _Copy) -> Path:
    """Each copy has a folder of its own, so that none is ever half of two."""
    return wanted.folder / copy.sha256[:16] / copy.name


def _name(*urls: str) -> str:
    """The last part of the first address that has one, with its ending, safe as a file name."""
    for url in urls:
        last = PurePosixPath(unquote(urlsplit(url).path)).name
        name = re.sub(r"[^\w.-]+", "_", last, flags=re.ASCII).strip("._")
        if name:
            return name[-100:]
    return "file"


def _kept(wanted: _Wanted) -> _Copy | None:
    """The copy that is there, if it is whole."""
    try:
        copy = _Copy(**_read_json(wanted.folder / "copy.json"))
        return copy if _path(wanted, copy).stat().st_size == copy.size else None
    except (TypeError, OSError):
        return None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


class _Lock:
    """One download of an address at a time; a lock left behind counts no longer than one takes.

    Raises:
        SourceError: another process is at it.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        self._path = path
        self._seconds = seconds

    def __enter__(self) -> None:
        try:
            if time.time() - self._path.stat().st_mtime > self._seconds + _GRACE:
                self._path.unlink(missing_ok=True)
        except FileNotFoundError:
            pass
        try:
            self._path.open("x").close()
        except FileExistsError:
            raise SourceError(
                "Un autre téléchargement du même fichier est en cours : attendez sa fin, ou"
                f" supprimez « {self._path} » s'il a été interrompu."
            ) from None

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
