"""The command `alliage`: it understands what was typed, asks, prints; it decides nothing."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import NoReturn, TypeAlias

from api import (
    alike,
    as_json,
    duplicates,
    ecosystem,
    evaluation,
    french,
    gaps,
    ingesting,
    missed,
    render,
    signals,
    team,
)
from api import pairs as api_pairs
from api.as_json import Json
from api.demo import demo
from api.export import FORMATS, Export
from api.lines import thousands, typeset
from api.session import reading
from graph.errors import AlliageError, RequestError
from graph.settings import Settings
from graph.sqlite import SqliteStore
from ingest.catalogue import NAMES
from queries import bridges, find, pairs, partner_request, partners, path, show
from queries.matching.text import text_index
from queries.matching.weights import OTHER_WORLD

Arguments: TypeAlias = argparse.Namespace
Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"
Command: TypeAlias = Callable[[Settings, Arguments], None]

_FAILED, _BAD_INPUT, _INTERRUPTED = 1, 2, 130


class _Parser(argparse.ArgumentParser):
    """A parser that reports what it does not understand as an error of ours."""

    def format_help(self) -> str:
        return typeset(super().format_help().replace("...", "…"))

    def error(self, message: str) -> NoReturn:
        # Python quotes the choices, in some versions only.
        plain = re.sub(r"'([\w-]+)'", r"\1", message)
        raise RequestError(f"{plain} (voir {self.prog} --help).")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit status."""
    french.install()
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments = _parser().parse_args(words)
        settings = Settings.from_environment(os.environ)
        if arguments.store:
            settings = Settings.from_environment({**os.environ, "ALLIAGE_STORE": arguments.store})
        arguments.run(settings, arguments)
        sys.stdout.flush()
    except AlliageError as problem:
        return _report(problem, in_json="--json" in words)
    except KeyboardInterrupt:
        print("Interrompu\u00a0: ce qui était en cours n'a pas été gardé.", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing more to say, nothing to complain of.
        _drop_output()
    except OSError as problem:
        _drop_output()
        trouble = french.in_french(problem)
        print(f"Impossible d'écrire la réponse\u00a0: {trouble}.", file=sys.stderr)
        return _FAILED
    return 0


def _drop_output() -> None:
    """Let nothing more be written: Python would try again at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(problem: AlliageError, *, in_json: bool) -> int:
    if in_json:
        print(as_json.text(as_json.error(problem)))
    else:
        print(typeset(problem.message), file=sys.stderr)
    return _BAD_INPUT


def _say(
    arguments: Arguments, form: Callable[[], Json], lines: Callable[[], Iterable[str]]
) -> None:
    if arguments.json:
        print(as_json.text(form()))
    else:
        for line in lines():
            print(typeset(line))


# What each command does ----------------------------------------------------------------------


def _partners(settings: Settings, arguments: Arguments) -> None:
    request = partner_request.Request(
        arguments.at,
        tuple(arguments.goal),
        tuple(arguments.need),
        tuple(arguments.offer),
        arguments.organisation,
        tuple(arguments.world),
        arguments.limit,
        arguments.text,
        arguments.difference,
        arguments.embeddings,
    )
    with reading(settings) as (_, view):
        if partner_request.has_profile(request):
            answer = partners.partners(view, request)
            _say(arguments, lambda: as_json.plain(answer), lambda: render.partners(answer))
        else:
            of_place = pairs.pairs(view, request)
            _say(arguments, lambda: as_json.plain(of_place), lambda: api_pairs.lines(of_place))


def _team(settings: Settings, arguments: Arguments) -> None:
    with reading(settings) as (_, view):
        answer = team.ask(view, arguments)
        _say(arguments, lambda: as_json.plain(answer), lambda: team.lines(answer))


def _missed(settings: Settings, arguments: Arguments) -> None:
    with reading(settings) as (_, view):
        answer = missed.ask(view, arguments)
        _say(arguments, lambda: as_json.plain(answer), lambda: missed.lines(answer))


def _gaps(settings: Settings, arguments: Arguments) -> None:
    with reading(settings) as (_, view):
        answer = gaps.ask(view, arguments)
        _say(arguments, lambda: as_json.plain(answer), lambda: gaps.lines(answer))


def _ecosystem(settings: Settings, arguments: Arguments) -> None:
    with reading(settings) as (_, view):
        answer = ecosystem.ask(view, arguments)
        _say(arguments, lambda: as_json.plain(answer), lambda: ecosystem.lines(answer))


def _signals(settings: Settings, arguments: Arguments) -> None:
    with reading(settings) as (_, view):
        answer = signals.ask(view, arguments)
        _say(arguments, lambda: as_json.plain(answer), lambda: signals.lines(answer))


def _alike(settings: Settings, arguments: Arguments) -> None:
    with reading(settings) as (_, view):
        answer = alike.ask(view, arguments, text_index(view))
        _say(arguments, lambda: as_json.plain(answer), lambda: alike.lines(answer))


def _evaluate(settings: Settings, arguments: Arguments) -> None:
    evaluation.run(settings, arguments)


def _bridges(settings: Settings, arguments: Arguments) -> None:
    request = bridges.Request(
        tuple(arguments.between), arguments.place, tuple(arguments.goal), arguments.limit
    )
    with reading(settings) as (_, view):
        answer = bridges.bridges(view, request)
        _say(arguments, lambda: as_json.plain(answer), lambda: render.bridges(answer))


def _search(settings: Settings, arguments: Arguments) -> None:
    text = " ".join(arguments.text)
    with reading(settings) as (_, view):
        found = find.find(view, text, arguments.limit)
        form = {"question": {"text": text}, "answers": as_json.plain(found)}
        _say(arguments, lambda: form, lambda: render.matches(found))


def _show(settings: Settings, arguments: Arguments) -> None:
    with reading(settings) as (_, view):
        answer = show.show(view, " ".join(arguments.id))
        _say(arguments, lambda: as_json.shown(answer), lambda: render.shown(answer))


def _path(settings: Settings, arguments: Arguments) -> None:
    with reading(settings) as (_, view):
        answer = path.paths(view, arguments.start, arguments.end)
        form = {
            "question": {"from": as_json.plain(answer.start), "to": as_json.plain(answer.end)},
            "answers": as_json.plain(answer.introductions),
            "disjoint": as_json.plain(answer.disjoint),
        }
        _say(arguments, lambda: form, lambda: render.paths(answer))


def _sources(settings: Settings, arguments: Arguments) -> None:
    with reading(settings) as (store, _):
        found = store.sources()
        _say(arguments, lambda: {"answers": as_json.plain(found)}, lambda: render.sources(found))


def _ingest(settings: Settings, arguments: Arguments) -> None:
    if arguments.suggest and arguments.edition is not None:
        raise RequestError("« --as » nomme ce qui est lu ; « --suggest » ne fait que proposer.")
    if arguments.suggest:
        print(ingesting.suggested(arguments.file), end="")
        return
    words = arguments.source, tuple(arguments.file), arguments.mapping, arguments.edition
    reports = []
    for report in ingesting.read(settings, ingesting.Wanted(*words)):
        reports.append(report)
        if not arguments.json:
            for line in render.ingested(report.done, report.older):
                print(typeset(line))
    if arguments.json:
        form = [as_json.ingested(each.done, each.older) for each in reports]
        print(as_json.text({"answers": form}))


def _forget(settings: Settings, arguments: Arguments) -> None:
    with closing(SqliteStore(settings.store, writable=True)) as store:
        removed = store.forget(arguments.source)
    form = {"source": arguments.source, "removed": removed}
    _say(arguments, lambda: form, lambda: [render.forgotten(arguments.source, removed)])


def _export(settings: Settings, arguments: Arguments) -> None:
    with reading(settings) as (store, _):
        wanted = Export(settings.base, arguments.format, arguments.all_claims)
        wanted.to(store, arguments.output)


def _demo(settings: Settings, arguments: Arguments) -> None:
    demo(settings, arguments.folder)


def _serve(settings: Settings, arguments: Arguments) -> None:
    # Loaded only here: no other command needs what serves pages.
    from api import serving

    serving.run(settings, arguments)


def _duplicates(settings: Settings, arguments: Arguments) -> None:
    waiting = duplicates.queue(settings)
    _say(
        arguments,
        lambda: duplicates.json_of_queue(waiting, arguments.limit),
        lambda: duplicates.lines_of_queue(waiting, arguments.limit),
    )


def _duplicates_find(settings: Settings, arguments: Arguments) -> None:
    done = duplicates.find(settings)
    _say(arguments, lambda: as_json.plain(done), lambda: duplicates.lines_of_resolved(done))


def _duplicates_decide(settings: Settings, arguments: Arguments) -> None:
    changed = duplicates.decide(settings, arguments.one, arguments.other, arguments.verdict)
    told = "Décision enregistrée." if changed else "C'était déjà décidé ainsi."
    _say(arguments, lambda: {"changed": changed}, lambda: [told])


def _duplicates_undo(settings: Settings, arguments: Arguments) -> None:
    duplicates.undo(settings, arguments.one, arguments.other)
    _say(arguments, lambda: {"changed": 1}, lambda: ["Le jugement est retiré."])


def _duplicates_export(settings: Settings, arguments: Arguments) -> None:
    rows = duplicates.export(settings, arguments.file)
    told = f"Paires écrites dans {arguments.file} : {thousands(rows)}."
    _say(arguments, lambda: {"written": rows}, lambda: [told])


def _duplicates_import(settings: Settings, arguments: Arguments) -> None:
    done = duplicates.read_back(settings, arguments.file)
    _say(
        arguments,
        lambda: duplicates.json_of_imported(done),
        lambda: duplicates.lines_of_imported(done),
    )


# What may be typed ---------------------------------------------------------------------------


def _parser() -> _Parser:
    parser = _Parser(
        prog="alliage",
        description="Qui pourrait faire alliance, ici ? Quel catalyseur relie ces mondes ?",
    )
    commands = parser.add_subparsers(title="commandes", required=True, metavar="COMMANDE")
    _add_questions(commands)
    _add_data(commands)
    return parser


def _add_questions(commands: Commands) -> None:
    ask = _command(commands, "partners", _partners, "qui pourrait faire alliance avec qui, ici")
    ask.add_argument("--at", metavar="LIEU", help="un territoire : nom, code ou code postal")
    ask.add_argument("--for", dest="organisation", metavar="ORGANISATION", help="pour qui")
    _add_goals(ask)
    ask.add_argument("--need", action="append", default=[], metavar="MOYEN", help="cherché")
    ask.add_argument("--offer", action="append", default=[], metavar="MOYEN", help="offert")
    ask.add_argument("--world", action="append", default=[], metavar="MONDE", help="seulement")
    ask.add_argument("--text", default="", metavar="MOTS", help="le projet, en mots")
    does = "ce que compte un autre monde, de 1 à 2"
    ask.add_argument("--difference", type=float, default=OTHER_WORLD, metavar="N", help=does)
    does = "comparer aussi les sens par plongements (extra « embeddings »)"
    ask.add_argument("--embeddings", action="store_true", help=does)
    _add_limit(ask)

    for name, run, module in (
        ("team", _team, team),
        ("missed", _missed, missed),
        ("alike", _alike, alike),
    ):
        module.add_arguments(_command(commands, name, run, module.DOES))

    ask = _command(commands, "bridges", _bridges, "quel catalyseur relie ces mondes, ici")
    ask.add_argument("--between", action="append", required=True, metavar="MONDE")
    ask.add_argument("--in", dest="place", required=True, metavar="LIEU")
    _add_goals(ask)
    _add_limit(ask)

    for name, run, module in (
        ("gaps", _gaps, gaps),
        ("ecosystem", _ecosystem, ecosystem),
        ("signals", _signals, signals),
    ):
        module.add_arguments(_command(commands, name, run, module.DOES))

    ask = _command(commands, "path", _path, "comment ces deux-là se connaissent-ils")
    ask.add_argument("start", metavar="DE")
    ask.add_argument("end", metavar="VERS")

    ask = _command(commands, "search", _search, "ce qui porte un nom semblable")
    ask.add_argument("text", nargs="+", metavar="TEXTE")
    _add_limit(ask, 20)

    ask = _command(commands, "show", _show, "tout ce qui est connu d'une fiche, et qui le dit")
    ask.add_argument("id", nargs="+", metavar="ID", help="un identifiant, ou un nom")


def _add_data(commands: Commands) -> None:
    does = "à quel point les réponses sont bonnes, sur des alliances passées"
    measure = _command(commands, "evaluate", _evaluate, does)
    evaluation.add_arguments(measure)
    _command(commands, "sources", _sources, "d'où viennent les données")
    read = _command(commands, "ingest", _ingest, "lire une source")
    read.add_argument("source", metavar="SOURCE", help=", ".join(NAMES))
    read.add_argument("file", nargs="*", metavar="FICHIER", help="un fichier, dossier ou adresse")
    read.add_argument("--mapping", type=Path, metavar="YAML", help="ce que disent les colonnes")
    read.add_argument("--suggest", action="store_true", help="écrire une première correspondance")
    says = "lire comme une source à part, qui ne remplace pas les autres"
    read.add_argument("--as", dest="edition", metavar="NOM", help=says)
    drop = _command(commands, "forget", _forget, "retirer une source et tout ce qu'elle dit")
    drop.add_argument("source", metavar="SOURCE")
    _add_duplicates(commands)
    write = _command(commands, "export", _export, "rendre les données", in_json=False)
    write.add_argument("--format", choices=sorted(FORMATS), default="ntriples")
    write.add_argument("-o", "--output", type=Path, metavar="FICHIER")
    write.add_argument("--all-claims", action="store_true", help="de quoi refaire un dépôt")
    serve = _command(commands, "serve", _serve, "ouvrir le service et ses pages", in_json=False)
    serve.add_argument("--host", default="127.0.0.1", metavar="ADRESSE", help="où écouter")
    serve.add_argument("--port", type=int, default=8000, metavar="N", help="à quel port")
    does = "processus qui répondent (sinon 1)"
    serve.add_argument("--workers", type=int, default=1, metavar="N", help=does)
    show_all = _command(commands, "demo", _demo, "préparer les données et montrer", in_json=False)
    show_all.add_argument("folder", nargs="?", type=Path, default=Path("build/demo"))


def _add_duplicates(commands: Commands) -> None:
    does = "quelles organisations n'en font qu'une : les paires à décider"
    listed = _command(commands, "duplicates", _duplicates, does)
    _add_limit(listed, 20)
    actions = listed.add_subparsers(title="actions", metavar="ACTION")
    _action(actions, "find", _duplicates_find, "chercher les doublons")
    decide = _action(actions, "decide", _duplicates_decide, "dire si deux fiches n'en font qu'une")
    undo = _action(actions, "undo", _duplicates_undo, "revenir sur un jugement")
    for added in (decide, undo):
        added.add_argument("one", metavar="ID")
        added.add_argument("other", metavar="ID")
    decide.add_argument("verdict", choices=duplicates.CHOICES)
    write = _action(actions, "export", _duplicates_export, "écrire les paires dans un tableau")
    read = _action(actions, "import", _duplicates_import, "lire le tableau rempli")
    for added in (write, read):
        added.add_argument("file", type=Path, metavar="FICHIER.csv")


def _action(actions: Commands, name: str, run: Command, does: str) -> _Parser:
    """A command within a command: what was typed before its name stands."""
    return _command(actions, name, run, does, argument_default=argparse.SUPPRESS)


def _command(
    commands: Commands,
    name: str,
    run: Command,
    does: str,
    *,
    in_json: bool = True,
    argument_default: str | None = None,
) -> _Parser:
    says = f"{does[0].upper()}{does[1:]}."
    added = commands.add_parser(
        name, help=does, description=says, argument_default=argument_default
    )
    added.add_argument("--store", metavar="FICHIER", help="le dépôt (sinon ALLIAGE_STORE)")
    if in_json:
        added.add_argument("--json", action="store_true", help="répondre en JSON")
    added.set_defaults(run=run)
    return added


def _add_goals(command: _Parser) -> None:
    command.add_argument("--goal", action="append", default=[], metavar="ODD", help="1 à 17")


def _add_limit(command: _Parser, default: int = 10) -> None:
    command.add_argument("--limit", type=int, default=default, metavar="N")


if __name__ == "__main__":
    raise SystemExit(main())
