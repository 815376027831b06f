import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from graph.errors import SourceError
from ingest.files.fetch import Fetched, cache_folder, fetch, is_url
from ingest.files.transfer import Limits

CONTENT = b"siren;nom\n" + b"005880596;x\n" * 30_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
QUICK = Limits(connect=2, read=0.5, overall=5, attempts=3, pause=0.01)


@dataclass
class Site:
    """A server that does as a test says.

    Attributes:
        answer: what it does at each request.
        asked: the headers of each request, as they came.
    """

    url: str = ""
    content: bytes = CONTENT
    etag: str = '"1"'
    answer: Callable[["Answering", "Site"], None] = lambda handler, site: handler.whole(site)
    asked: list[dict[str, str]] = field(default_factory=list)


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        self.site.asked.append(dict(self.headers))
        self.close_connection = True
        try:
            self.site.answer(self, self.site)
        except OSError:
            return

    def head(self, status: int, **headers: str | int) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def whole(self, site: Site) -> None:
        """As a good server: 304, 206 and 200."""
        if self.headers["If-None-Match"] == site.etag:
            return self.head(304, ETag=site.etag)
        start, size = self.start(), len(site.content)
        if start and self.headers["If-Range"] == site.etag:
            self.head(
                206,
                Content_Range=f"bytes {start}-{size - 1}/{size}",
                Content_Length=size - start,
                ETag=site.etag,
            )
            return self.send(site.content[start:])
        self.head(200, Content_Length=size, ETag=site.etag)
        return self.send(site.content)

    def start(self) -> int:
        return int(self.headers.get("Range", "bytes=0-")[6:-1])

    def send(self, content: bytes) -> None:
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(autouse=True)
def _without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    handler = type("Handler", (Answering,), {"site": made})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        made.url = f"http://127.0.0.1:{server.server_port}/ess.csv?token=x"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def refusal(what: Callable[[], Fetched]) -> str:
    with pytest.raises(SourceError) as raised:
        what()
    return raised.value.message.split(" : ", 1)[1]


def test_a_file_is_downloaded_then_asked_for_only_if_it_changed(site: Site, tmp_path: Path) -> None:
    progress: list[tuple[int, int | None]] = []
    first = fetch(site.url, tmp_path, limits=QUICK, progress=lambda *done: progress.append(done))
    second = fetch(site.url, tmp_path, limits=QUICK)
    assert (first.path.read_bytes(), first.path.name, first.changed) == (CONTENT, "ess.csv", True)
    assert (second.path, second.changed, second.problem) == (first.path, False, "")
    assert second.retrieved == first.retrieved
    assert first.url == site.url.split("?")[0]
    assert progress[-1] == (len(CONTENT), len(CONTENT))
    assert [asked.get("If-None-Match") for asked in site.asked] == [None, '"1"']


def test_a_new_version_takes_the_place_of_the_old_one(site: Site, tmp_path: Path) -> None:
    old = fetch(site.url, tmp_path, limits=QUICK)
    site.content, site.etag = b"new", '"2"'
    new = fetch(site.url, tmp_path, limits=QUICK)
    assert (new.path.read_bytes(), new.changed) == (b"new", True)
    assert not old.path.exists()


def test_the_same_content_sent_again_is_no_change(site: Site, tmp_path: Path) -> None:
    fetch(site.url, tmp_path, limits=QUICK)
    site.etag = '"2"'
    assert not fetch(site.url, tmp_path, limits=QUICK).changed


def cut_after(times: int, size: int = 100_000) -> Callable[[Answering, Site], None]:
    """Cuts the connection as many times, each after some bytes."""

    def answer(handler: Answering, site: Site) -> None:
        if len(site.asked) > times:
            return handler.whole(site)
        start = handler.start()
        total = len(site.content)
        handler.head(
            206 if start else 200,
            Content_Range=f"bytes {start}-{total - 1}/{total}",
            Content_Length=total - start,
            ETag=site.etag,
        )
        return handler.send(site.content[start : start + size])

    return answer


def test_a_download_that_is_cut_off_is_taken_up_where_it_ended(site: Site, tmp_path: Path) -> None:
    site.answer = cut_after(2)
    found = fetch(site.url, tmp_path, limits=QUICK)
    assert found.path.read_bytes() == CONTENT
    assert [asked.get("Range") for asked in site.asked] == [
        None, "bytes=100000-", "bytes=200000-",
    ]  # fmt: skip
    assert {asked.get("If-Range") for asked in site.asked[1:]} == {'"1"'}


def test_it_is_taken_up_in_a_later_call_too(site: Site, tmp_path: Path) -> None:
    site.answer = cut_after(1)
    once = Limits(attempts=1)
    assert refusal(lambda: fetch(site.url, tmp_path, limits=once)) == (
        "la connexion a été coupée à 100000 octets sur 360010."
    )
    assert fetch(site.url, tmp_path, limits=once).path.read_bytes() == CONTENT
    assert site.asked[1]["Range"] == "bytes=100000-"


def test_a_file_that_changed_meanwhile_begins_anew(site: Site, tmp_path: Path) -> None:
    site.answer = cut_after(1)
    with pytest.raises(SourceError):
        fetch(site.url, tmp_path, limits=Limits(attempts=1))
    site.content, site.etag = b"other", '"2"'
    assert fetch(site.url, tmp_path, limits=QUICK).path.read_bytes() == b"other"


def test_a_refused_range_begins_anew(site: Site, tmp_path: Path) -> None:
    def answer(handler: Answering, site: Site) -> None:
        if handler.headers.get("Range"):
            return handler.head(416, Content_Length=0)
        return cut_after(1)(handler, site)

    site.answer = answer
    assert fetch(site.url, tmp_path, limits=QUICK).path.read_bytes() == CONTENT
    assert [asked.get("Range") for asked in site.asked] == [None, "bytes=100000-", None]


def test_a_server_that_sends_another_part_than_asked_for_is_not_believed(
    site: Site, tmp_path: Path
) -> None:
    def answer(handler: Answering, site: Site) -> None:
        if handler.headers.get("Range"):
            handler.head(206, Content_Range="bytes 5-9/360010", Content_Length=5)
            return handler.send(b"wrong")
        return cut_after(1)(handler, site)

    site.answer = answer
    assert fetch(site.url, tmp_path, limits=QUICK).path.read_bytes() == CONTENT


def test_the_last_good_copy_is_kept_when_the_server_fails(site: Site, tmp_path: Path) -> None:
    good = fetch(site.url, tmp_path, limits=QUICK)
    site.answer = lambda handler, _: handler.head(500, Content_Length=0)
    kept = fetch(site.url, tmp_path, limits=QUICK)
    assert kept.path.read_bytes() == CONTENT
    assert (kept.path, kept.changed) == (good.path, False)
    assert kept.problem == "le serveur répond par l'erreur 500"
    assert len(site.asked) == 1 + QUICK.attempts


def test_a_checksum_that_fits_needs_no_request_and_one_that_does_not_is_refused(
    site: Site, tmp_path: Path
) -> None:
    fetch(site.url, tmp_path, sha256=SHA256.upper(), size=len(CONTENT), limits=QUICK)
    fetch(site.url, tmp_path, sha256=SHA256, limits=QUICK)
    assert len(site.asked) == 1
    site.content, site.etag = b"tampered", '"2"'
    kept = fetch(site.url, tmp_path, sha256="0" * 64, limits=QUICK)
    assert kept.path.read_bytes() == CONTENT
    assert kept.problem == "ce qui a été reçu n'est pas ce qui était annoncé (taille ou empreinte)"
    assert refusal(lambda: fetch(site.url, tmp_path / "new", size=3, limits=QUICK)) == (
        "ce qui a été reçu n'est pas ce qui était annoncé (taille ou empreinte)."
    )


def test_what_is_larger_than_the_limit_is_refused_announced_or_not(
    site: Site, tmp_path: Path
) -> None:
    small = Limits(size=1000, attempts=1)
    assert refusal(lambda: fetch(site.url, tmp_path, limits=small)) == (
        "il est plus grand que la limite (360010 octets)."
    )

    def unannounced(handler: Answering, site: Site) -> None:
        handler.head(200)
        handler.send(site.content)

    site.answer = unannounced
    assert refusal(lambda: fetch(site.url, tmp_path, limits=small)) == (
        "il dépasse la limite de 1000 octets."
    )
    assert fetch(site.url, tmp_path, limits=QUICK).path.read_bytes() == CONTENT


def test_a_server_that_says_nothing_is_given_up(site: Site, tmp_path: Path) -> None:
    site.answer = lambda handler, _: time.sleep(1)
    limits = Limits(read=0.1, attempts=1)
    assert refusal(lambda: fetch(site.url, tmp_path, limits=limits)) == (
        "le serveur ne répond pas à temps."
    )


@pytest.mark.parametrize("headers", [True, False])
def test_a_server_that_drips_is_cut_off_when_time_is_over(
    site: Site, tmp_path: Path, headers: bool
) -> None:
    def drip(handler: Answering, _: Site) -> None:
        if headers:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        else:
            handler.head(200, Content_Length=1000)
        for _count in range(100):
            handler.send(b"x")
            time.sleep(0.05)

    site.answer = drip
    begun = time.monotonic()
    limits = Limits(overall=0.5)
    assert refusal(lambda: fetch(site.url, tmp_path, limits=limits)) == (
        "il n'a pas été lu en entier en 0.5 secondes."
    )
    assert time.monotonic() - begun < 2


def test_redirections_are_followed_on_the_web_only(site: Site, tmp_path: Path) -> None:
    def answer(handler: Answering, site: Site) -> None:
        if "ess.csv" in handler.path:
            handler.head(302, Location="/files/liste%20ESS.csv", Content_Length=0)
        elif "loop" in handler.path:
            handler.head(302, Location="/loop", Content_Length=0)
        elif "passwd" in handler.path:
            handler.head(302, Location="file:///etc/passwd", Content_Length=0)
        else:
            handler.whole(site)

    site.answer = answer
    found = fetch(site.url, tmp_path, limits=QUICK)
    assert (found.path.name, found.path.read_bytes()) == ("liste_ESS.csv", CONTENT)
    base = site.url.rpartition("/")[0]
    assert refusal(lambda: fetch(f"{base}/passwd", tmp_path, limits=QUICK)) == (
        "le serveur renvoie en boucle, ou vers une adresse qui n'est pas sûre."
    )
    assert refusal(lambda: fetch(f"{base}/loop", tmp_path, limits=QUICK)) == (
        "le serveur renvoie en boucle, ou vers une adresse qui n'est pas sûre."
    )


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (403, "le serveur en refuse l'accès (403)."),
        (404, "le fichier n'y est plus (404) ; cherchez sa nouvelle adresse."),
        (418, "le serveur répond par l'erreur 418."),
    ],
)
def test_what_will_fail_again_is_not_asked_again(
    site: Site, tmp_path: Path, status: int, reason: str
) -> None:
    site.answer = lambda handler, _: handler.head(status, Content_Length=0)
    assert refusal(lambda: fetch(site.url, tmp_path, limits=QUICK)) == reason
    assert len(site.asked) == 1


def test_a_web_page_in_the_place_of_a_file_is_refused(site: Site, tmp_path: Path) -> None:
    site.answer = lambda handler, _: handler.head(
        200, Content_Type="text/html; charset=utf-8", Content_Length=0
    )
    assert refusal(lambda: fetch(site.url, tmp_path, limits=QUICK)) == (
        "le serveur a répondu par une page web."
    )


def test_nobody_there_is_said_in_words(tmp_path: Path) -> None:
    url = "http://127.0.0.1:9/ess.csv?key=secret"
    limits = Limits(attempts=1)
    with pytest.raises(SourceError) as raised:
        fetch(url, tmp_path, limits=limits)
    assert raised.value.message == (
        "« http://127.0.0.1:9/ess.csv » ne peut pas être téléchargé :"
        " le serveur refuse la connexion."
    )


@pytest.mark.parametrize("url", ["ftp://a/b", "file:///etc/passwd", "http://", "ess.csv"])
def test_only_the_web_is_asked(tmp_path: Path, url: str) -> None:
    with pytest.raises(SourceError, match="n'est pas une adresse http ou https"):
        fetch(url, tmp_path)


def test_one_download_of_an_address_at_a_time(site: Site, tmp_path: Path) -> None:
    found = fetch(site.url, tmp_path, limits=QUICK)
    lock = found.path.parents[1] / "lock"
    lock.touch()
    with pytest.raises(SourceError, match="Un autre téléchargement du même fichier est en cours"):
        fetch(site.url, tmp_path, limits=QUICK)
    lock.unlink()


def test_a_damaged_copy_is_downloaded_again(site: Site, tmp_path: Path) -> None:
    found = fetch(site.url, tmp_path, limits=QUICK)
    found.path.write_bytes(CONTENT[:10])
    again = fetch(site.url, tmp_path, limits=QUICK)
    assert again.path.read_bytes() == CONTENT
    assert site.asked[1].get("If-None-Match") is None


def test_a_folder_that_cannot_be_written_is_said(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="ne peut pas être gardé dans"):
        fetch(site.url, tmp_path / "file", limits=QUICK)


def test_addresses_and_the_cache_are_known() -> None:
    assert is_url("HTTPS://www.data.gouv.fr/x.csv")
    assert not is_url("x.csv")
    assert "alliage" in cache_folder().parts


def test_a_password_in_an_address_is_neither_sent_nor_shown(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as raised:
        fetch("https://user:secret@example.org/ess.csv?key=secret", tmp_path)
    assert raised.value.message == (
        "L'adresse de « https://example.org/ess.csv » contient un mot de passe : ôtez-le."
    )


def test_an_empty_answer_does_not_take_the_place_of_a_good_copy(site: Site, tmp_path: Path) -> None:
    fetch(site.url, tmp_path, limits=QUICK)
    site.answer = lambda handler, _: handler.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    kept = fetch(site.url, tmp_path, limits=QUICK)
    assert (kept.path.read_bytes(), kept.problem) == (
        CONTENT,
        "le serveur a envoyé un fichier vide",
    )
