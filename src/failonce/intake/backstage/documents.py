"""Reading a file of many YAML documents; a broken or hostile one harms neither us nor its neighbours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml

FILE_LIMIT = 5_000_000  # bytes; some ten thousand entities
SIZE_LIMIT = 200_000  # values in one document, aliases written out
DEPTH_LIMIT = 50
DOCUMENT_LIMIT = 20_000
_MARKER = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_END = re.compile(r"^\.\.\.\s*$", re.MULTILINE)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Builds text, true, false, nothing, lists and mappings; what looks like a number or a date stays text.

    Nothing here needs a number, and YAML's older forms of them grow to any size (1:1:1:1…) or name days
    that don't exist. The loader written in C is ten times quicker than the other.
    """


_KEPT = {"tag:yaml.org,2002:" + name for name in ("null", "bool", "str", "seq", "map", "merge")}
_Loader.yaml_constructors = {
    tag: make for tag, make in _Loader.yaml_constructors.items() if tag is None or tag in _KEPT
}
_Loader.yaml_implicit_resolvers = {}
for _name, _written, _first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", "tTfF"),
    ("null", r"(?:~|null|Null|NULL|)\Z", ["~", "n", "N", ""]),
    ("merge", r"<<\Z", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(_written), list(_first))


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: where it stands, and what it says."""

    file: str
    number: int
    line: int
    data: Any

    @property
    def place(self) -> str:
        """Say where it stands, for a sentence."""
        return f"Document {self.number} of {self.file} (line {self.line})"


class UnreadableError(Exception):
    """A file or document can't be read; the message says why, as a sentence."""


def documents_in(file: str, content: bytes) -> Iterator[Document | str]:
    """Yield each document of the file, or a sentence for each that can't be read; pass over empty ones."""
    try:
        text = _text_of(file, content)
    except UnreadableError as error:
        yield str(error)
        return
    for number, (line, chunk) in enumerate(_chunks(text), 1):
        if number > DOCUMENT_LIMIT:
            yield f"What follows line {line} of {file} is left out: {DOCUMENT_LIMIT:,} documents are the most."
            return
        try:
            data = _read(chunk)
        except UnreadableError as error:
            yield f"Document {number} of {file} (line {line}) is left out: {error}"
        except yaml.YAMLError as error:
            at = f"line {_line_of(error, line)}"
            yield f"Document {number} of {file} ({at}) is left out: {_problem_of(error)}"
        else:
            if data is not None:
                yield Document(file, number, line, data)


def _text_of(file: str, content: bytes) -> str:
    if len(content) > FILE_LIMIT:
        size = f"{len(content) / 1e6:.1f} MB; at most {FILE_LIMIT / 1e6:.0f} MB fit"
        raise UnreadableError(f"{file} is left out: it has {size}. Import it in parts.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"{file} is left out: it isn't UTF-8 text (line {line}). Save it as UTF-8 and import it again."
        ) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UnreadableError(f"{file} is left out: it has a NUL byte (line {line}) and isn't a text file.")
    return text.replace("\r\n", "\n")


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    # YAML's own splitter stops at the first fault. A line that begins with --- is always a marker, as
    # the rules forbid it inside a document, so the text can be cut there first.
    starts = [match.start() for match in _MARKER.finditer(text)]
    # What stands before the first marker is a document, unless it is comments and directives only.
    if _says_something(text[: starts[0]] if starts else text):
        starts = [0, *starts]
    line = 1
    for start, end in pairwise([*starts, len(text)]):
        chunk = text[start:end].removeprefix("---")
        if _says_something(chunk):
            yield line, _END.sub("", chunk)
        line += text.count("\n", start, end)


def _says_something(chunk: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith(("#", "%")) for line in chunk.split("\n"))


def _read(chunk: str) -> Any:
    _check_shape(chunk)
    loader = _Loader(chunk)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _measure(node)
        return loader.construct_document(node)
    except (KeyError, TypeError, ValueError) as error:
        # A tag may promise what the value isn't: !!bool perhaps.
        raise UnreadableError("a value in it isn't what its tag says.") from error
    finally:
        loader.dispose()


def _check_shape(chunk: str) -> None:
    # The loader written in C follows nesting on the C stack: deep enough, it takes the whole process down.
    depth = 0
    for number, event in enumerate(yaml.parse(chunk, Loader=_Loader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_LIMIT:
            raise UnreadableError("it is nested too deeply.")
        if number > 2 * SIZE_LIMIT:
            raise UnreadableError(f"it has more than {SIZE_LIMIT:,} values.")


def _measure(root: yaml.Node) -> None:
    """Raise UnreadableError if the document grows past the limit once its aliases are written out.

    A few lines of aliases to aliases can stand for billions of values. They stay small while they are
    shared, but merge keys and whatever walks the result would write them out.
    """
    sizes: dict[int, int | None] = {}

    def size(node: yaml.Node) -> int:
        known = sizes.get(id(node), 0)
        if known is None:
            raise UnreadableError("it contains itself.")
        if known:
            return known
        sizes[id(node)] = None
        children = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
        total = 1 + (0 if isinstance(node, yaml.ScalarNode) else sum(size(child) for child in children))
        if total > SIZE_LIMIT:
            raise UnreadableError(f"with its aliases written out it has more than {SIZE_LIMIT:,} values.")
        sizes[id(node)] = total
        return total

    size(root)


def _line_of(error: yaml.YAMLError, first: int) -> int:
    mark = getattr(error, "problem_mark", None)
    return first + mark.line if mark else first


def _problem_of(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be read"
    return f"it isn't YAML ({problem})."
