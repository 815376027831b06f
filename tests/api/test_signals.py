"""The command `alliage signals`, as far as what is typed and what is printed."""

import argparse
import json

import pytest

from api import as_json, signals
from graph.errors import RequestError
from graph.view import View
from queries.signals import Signals


def ask(view: View, *words: str) -> Signals:
    parser = argparse.ArgumentParser()
    signals.add_arguments(parser)
    return signals.ask(view, parser.parse_args(words))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--in", "Isère"), "depuis quand"),
        (("--since", "2018-01-01"), "--in"),
        (("--in", "Isère", "--since", "3000-01-01"), "dans l'avenir"),
        (("--in", "Isère", "--since", "hier"), "AAAA-MM-JJ"),
    ],
)
def test_what_is_missing_or_cannot_be_is_said_in_one_sentence(
    bundled: View, words: tuple[str, ...], says: str
) -> None:
    with pytest.raises(RequestError, match=says):
        ask(bundled, *words)


def test_where_nothing_is_dated_the_answer_says_that_we_do_not_know(bundled: View) -> None:
    answer = ask(bundled, "--in", "Mende", "--since", "2018-01-01")
    said = " ".join(" ".join(signals.lines(answer)).split()).replace("\u00a0", " ")
    assert said.startswith("Ce qui est nouveau ici : Mende, depuis le 01/01/2018")
    assert "Rien de daté n'y vise d'objectif depuis ce jour : nous ne savons pas." in said
    assert "Aucune rencontre nouvelle et datée entre acteurs d'ici n'est connue." in said


def test_the_answer_has_a_form_in_json(bundled: View) -> None:
    answer = ask(bundled, "--in", "France", "--since", "2010-01-01")
    form = json.loads(as_json.text(as_json.plain(answer)))
    assert form.keys() == {"question", "firsts", "triangles", "coverage"}
    assert form["question"]["since"] == "2010-01-01"
    assert {"shown", "observed", "expected", "low", "high"} <= form["firsts"].keys()
    assert {"shown", "actors", "met", "closed", "expected"} <= form["triangles"].keys()
