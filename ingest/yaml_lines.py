"""YAML as plain texts, lists and objects, with the line of each of them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from graph.errors import SourceError

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree]"
Place: TypeAlias = tuple[str | int, ...]

MAX_BYTES = 1 << 20
MAX_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says.

    Attributes:
        tree: all scalars are texts: `no` is « no », `2026-03` stays what it is. What is left
            empty is absent.
        lines: the line of each part, by the keys and indices that lead to it.
        problems: lines and what is wrong there, where the rest could be read.
    """

    tree: Tree
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """The line of a part, or of the nearest one around it.

        A list of one is found where its one element stands without a list.
        """
        for end in range(len(place), 0, -1):
            bare = tuple(part for part in place[:end] if isinstance(part, str))
            found = self.lines.get(place[:end], self.lines.get(bare))
            if found is not None:
                return found
        return 1


def read_yaml(path: Path) -> Document:
    """The one document of a YAML file.

    Raises:
        SourceError: it is absent, too large, no UTF-8 or no YAML, with the line.
    """
    try:
        content = path.read_bytes()[: MAX_BYTES + 1]
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"« {path} » ne peut pas être lu ; donnez un fichier YAML.") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"« {path} » n'est pas en UTF-8 ; enregistrez-le ainsi.") from error
    if len(content) > MAX_BYTES:
        raise SourceError(f"« {path} » dépasse 1 Mio : ce n'est pas une correspondance.")
    try:
        return _document(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise SourceError(
            f"« {path} », ligne {line} : ce n'est pas du YAML ; vérifiez les deux-points, les"
            " guillemets et le retrait de cette ligne et de la précédente."
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise SourceError(f"« {path} » n'est pas du YAML.") from error


def _document(text: str) -> Document:
    if refused := _refused(text):
        return Document({}, problems=[refused])
    found = Document({})
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    tree = _tree(root, (), found) if root else {}
    return Document(tree, found.lines, found.problems)


def _refused(text: str) -> tuple[int, str] | None:
    """Where a document would take long to read: a few nested aliases unfold into billions."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            return line, "les renvois (« * ») ne sont pas pris"
        if depth > MAX_DEPTH:
            return line, "trop de niveaux imbriqués"
    return None


def _tree(node: yaml.Node, place: Place, found: Document) -> Tree:
    found.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_tree(each, (*place, index), found) for index, each in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _object(node, place, found)
    return str(node.value)


def _object(node: yaml.MappingNode, place: Place, found: Document) -> dict[str, Tree]:
    said: dict[str, Tree] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            found.problems.append((line, "un nom est attendu avant les deux-points"))
            continue
        name = str(key.value)
        if name in said:
            found.problems.append((line, f"« {name} » est donné deux fois"))
        empty = isinstance(value, yaml.ScalarNode) and not value.value and value.style is None
        if not empty:
            found.lines[(*place, name)] = line
            said[name] = _tree(value, (*place, name), found)
    return said
