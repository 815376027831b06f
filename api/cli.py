"""The command `alliage`: it understands what was typed, asks, prints; it decides nothing."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import NoReturn, TypeAlias

from api import as_json, copy, duplicates, evaluation, french, ingesting, outlines, report
from api.as_json import Json
from api.demo import demo
from api.export import FORMATS, Export
from api.lines import counted, thousands, typeset
from api.questions import QUESTIONS, Question, form_of
from api.session import opened, reading
from graph.errors import AlliageError, RequestError
from graph.settings import Settings
from ingest.catalogue import NAMES, OUTLINES

Arguments: TypeAlias = argparse.Namespace
Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"
Command: TypeAlias = Callable[[Settings, Arguments], None]

_STORE = "un fichier, ou neo4j://utilisateur@serveur/base (sinon ALLIAGE_STORE)"
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


def _asking(name: str, question: Question) -> Command:
    def run(settings: Settings, arguments: Arguments) -> None:
        with reading(settings) as (_, view):
            answer = question.ask(view, arguments)
            _say(arguments, lambda: form_of(name, answer), lambda: question.lines(answer))

    return run


def _evaluate(settings: Settings, arguments: Arguments) -> None:
    evaluation.run(settings, arguments)


def _sources(settings: Settings, arguments: Arguments) -> None:
    with reading(settings) as (store, _):
        found = store.sources()
        _say(arguments, lambda: {"answers": as_json.plain(found)}, lambda: report.sources(found))


def _ingest(settings: Settings, arguments: Arguments) -> None:
    if arguments.suggest and arguments.edition is not None:
        raise RequestError("« --as » nomme ce qui est lu ; « --suggest » ne fait que proposer.")
    if arguments.suggest:
        print(ingesting.suggested(arguments.file), end="")
        return
    if arguments.source == OUTLINES:
        if arguments.mapping or arguments.edition is not None:
            raise RequestError("« outlines » ne prend que le chemin d'un fichier de contours.")
        kept = outlines.read(settings, arguments.file)
        _say(arguments, lambda: outlines.form(kept), lambda: outlines.lines(kept))
        return
    words = arguments.source, tuple(arguments.file), arguments.mapping, arguments.edition
    done = []
    for each in ingesting.read(settings, ingesting.Wanted(*words)):
        done.append(each)
        if not arguments.json:
            for line in report.ingested(each.done, each.older):
                print(typeset(line))
    if arguments.json:
        form = [as_json.ingested(each.done, each.older) for each in done]
        print(as_json.text({"answers": form}))


def _forget(settings: Settings, arguments: Arguments) -> None:
    with closing(opened(settings, writable=True)) as store:
        removed = store.forget(arguments.source)
    form = {"source": arguments.source, "removed": removed}
    _say(arguments, lambda: form, lambda: [report.forgotten(arguments.source, removed)])


def _export(settings: Settings, arguments: Arguments) -> None:
    words = {"all_claims": arguments.all_claims, "place": arguments.place}
    with reading(settings) as (store, view):
        wanted = Export.of(view, settings.base, arguments.format, **words)
        wanted.to(store, view, arguments.output)


def _copy(settings: Settings, arguments: Arguments) -> None:
    claims = copy.run(arguments.origin, arguments.target, settings.password)
    told = counted(claims, "énoncé copié", "énoncés copiés")
    _say(arguments, lambda: {"claims": claims}, lambda: [f"{told}."])


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
    for name, question in QUESTIONS.items():
        question.add_arguments(_command(commands, name, _asking(name, question), question.DOES))


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
    does = "d'un réseau (gexf, graphml) : le territoire dont il est celui"
    write.add_argument("--in", dest="place", metavar="LIEU", help=does)
    write.add_argument("--all-claims", action="store_true", help="de quoi refaire un dépôt")
    does = "copier un dépôt : d'un fichier à un serveur Neo4j, ou l'inverse"
    copy.add_arguments(_command(commands, "copy", _copy, does))
    serve = _command(commands, "serve", _serve, "ouvrir le service et ses pages", in_json=False)
    serve.add_argument("--host", default="127.0.0.1", metavar="ADRESSE", help="où écouter")
    serve.add_argument("--port", type=int, default=8000, metavar="N", help="à quel port")
    does = "n'ouvrir que ce qui touche un territoire"
    serve.add_argument("--in", dest="place", metavar="LIEU", help=does)
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
    added.add_argument("--store", metavar="DÉPÔT", help=_STORE)
    if in_json:
        added.add_argument("--json", action="store_true", help="répondre en JSON")
    added.set_defaults(run=run)
    return added


def _add_limit(command: _Parser, default: int = 10) -> None:
    command.add_argument("--limit", type=int, default=default, metavar="N")


if __name__ == "__main__":
    raise SystemExit(main())
