import pytest

from graph.errors import RequestError
from graph.view import View
from queries.find import Match, find


def test_isère_finds_the_département_first_then_what_bears_its_name(bundled: View) -> None:
    assert find(bundled, "isere", 3)[0] == Match("departement:38", "Territory", "Isère", None)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("gaia", "alliage:gaia"),
        ("alsace activ", "alliage:alsace-active"),
        ("labo partenariats grenoble", "alliage:labo-des-partenariats-grenoble"),
        ("SILVERGEEK", "alliage:silvergeek"),
        ("grenobel", "commune:38185"),
        ("38185", "commune:38185"),
        ("odd 17 en pratique", "alliage:odd-17-en-pratique-massif-central"),
        ("tour merveilleuse", "alliage:tour-merveilleuse"),
    ],
)
def test_a_name_is_found_whatever_the_accents_the_case_and_a_typing_error(
    bundled: View, text: str, key: str
) -> None:
    assert find(bundled, text)[0].id == key


def test_what_is_found_has_the_place_where_it_is(bundled: View) -> None:
    assert find(bundled, "GAIA", 1) == [Match("alliage:gaia", "Organisation", "GAIA", "Isère")]


def test_no_more_is_given_than_was_asked(bundled: View) -> None:
    assert len(find(bundled, "saint", 7)) == 7


def test_what_nothing_resembles_finds_nothing(bundled: View) -> None:
    assert find(bundled, "zzzzqqqq") == []


@pytest.mark.parametrize("text", ["", "   ", "\t\n"])
def test_an_empty_search_says_what_to_give(bundled: View, text: str) -> None:
    with pytest.raises(RequestError, match=r"^Donnez un nom, un sigle, un code ou un numéro"):
        find(bundled, text)


@pytest.mark.parametrize(
    "text", ['"', "'", "a OR b", "NEAR(x)", "*", "(", "-", "a" * 5000, "\0", "💡", "😀 GAIA", "%_"]
)
def test_no_text_breaks_the_search(bundled: View, text: str) -> None:
    assert isinstance(find(bundled, text), list)


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_number_of_answers_that_makes_no_sense_is_refused(bundled: View, limit: int) -> None:
    with pytest.raises(RequestError, match=r"^Le nombre de réponses doit être entre 1 et 500"):
        find(bundled, "GAIA", limit)
