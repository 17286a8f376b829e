"""The command line: an expression and numbers in, a picture, a table, steps or an explanation out.

``gatewise draw "max(x*w + b, 0)" x=2 w=-3 b=8 -o neuron.svg``

Whatever is wrong with what was typed ends with exit status 2 and one sentence that points at the place.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

from autograd import Value, topological_order
from viz.drawing.draw import draw
from viz.drawing.drawable import LAYOUTS
from viz.drawing.look import MAGNITUDES
from viz.drawing.moving import ENDINGS, MOVING
from viz.drawing.picture import FORMATS
from viz.explanation import FORMATS as EXPLANATIONS
from viz.explanation import explain
from viz.explanation.table import table
from viz.expression.assignments import read_assignments
from viz.expression.errors import ExpressionError
from viz.expression.read import functions, read_expression
from viz.options import DIRECTIONS
from viz.stepper import step
from viz.styles import STYLES
from viz.text.names import output_name
from viz.text.numbers import NumberFormat
from viz.themes import THEMES

EXAMPLES = """\
examples:
  gatewise draw    "max(x*w + b, 0)" x=2 w=-3 b=8                   a table of values and gradients
  gatewise draw    "max(x*w + b, 0)" x=2 w=-3 b=8 -o neuron.svg     a picture
  gatewise draw    "max(x*w + b, 0)" x=2 w=-3 b=8 -o neuron.gif     both passes, gate by gate
  gatewise step    "max(x*w + b, 0)" x=2 w=-3 b=8 -o neuron.html    a page that steps through it
  gatewise explain "sigmoid(w*x + b)" w=2 x=-1 b=1/3 --wrt w        in words, and every path from w
  gatewise explain "q = x + y; q*z" x=-2 y=5 z=-4                   a part of it gets a name

An expression is Python: + - * / ** and parentheses, numbers, names, pi, e, and the functions
  {functions}.
Quote it, so that the shell leaves it alone. Each name gets a number: name=2, name=-1e-3, name=1/3.
"""

#: What the terminal may be unable to show, and what is shown instead.
_PLAIN = str.maketrans(
    {
        "−": "-",
        "×": "*",
        "∂": "d",
        "→": "->",
        "…": "...",
        "Σ": "sum",
        "∞": "inf",
        "≠": "!=",
        "≤": "<=",
        "≥": ">=",
        "÷": "/",
        "·": "*",
    }
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, given as a list of arguments (default: those of the process), and return its exit status.

    0 is done. 2 is wrong input, told in a sentence on standard error.

    >>> main(["draw", "x*y + x", "x=2", "y=3"])
                  value   gradient   local derivatives
    x                 2          4
    y                 3          2
    x*y               6          1   ∂/∂x = 3   ∂/∂y = 2
    f = x*y + x       8          1   ∂/∂(x*y) = 1   ∂/∂x = 1
    0
    """
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except OSError as error:  # only printing gets here
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries again when it ends
        if isinstance(error, BrokenPipeError):  # whoever read it has seen enough: gatewise explain ... | head
            return 0
        return _wrong(f"the output can't be written: {error.strerror or error}")
    except KeyboardInterrupt:
        return 130
    except (ValueError, ImportError) as error:
        return _wrong(str(error))


def _run(arguments: list[str]) -> int:
    parser = _parser()
    options, rest = parser.parse_known_args(_expressions_apart(arguments))
    unknown = [word for word in rest if word.startswith("-")]
    if unknown:
        parser.error(f"there is no option {unknown[0]!r} for {options.command}")
    value = read_expression(options.expression, read_assignments([*options.values, *rest]))
    if not value.requires_grad or not any(node.requires_grad for node in topological_order(value) if node.gate is None):
        raise ExpressionError(
            "the expression has no input whose gradient could be shown; use a name and give it a "
            "number, such as x*2 and x=3",
            options.expression.strip(),
            0,
            len(options.expression),
        )
    run: Callable[[Value, argparse.Namespace], str] = options.run
    print(_showable(run(value, options)), flush=True)
    return 0


# ---------------------------------------------------------------- the commands


#: The options of `gatewise draw` that `viz.draw` takes as they are: what each is for, and what it may be.
_PICTURE: dict[str, tuple[str, Iterable[str]]] = {
    "theme": ("the colours", THEMES),
    "style": ("what a node looks like", STYLES),
    "direction": ("left to right or top to bottom", DIRECTIONS),
    "layout": ("who places the nodes, Gatewise or Graphviz", LAYOUTS),
    "magnitude": ("what makes a wire wider", MAGNITUDES),
}
#: Parts of a picture that can be left out.
_PARTS = {
    "legend": "the legend",
    "copies": "the dots where a value is used more than once",
    "local": "the local derivatives",
    "gradients": "the gradients",
}


def _draw(value: Value, options: argparse.Namespace) -> str:
    given = vars(options)
    chosen = {name: given[name] for name in (*_PICTURE, *_PARTS, "highlight") if name in given}
    if options.output is None:
        if chosen:
            raise ValueError(
                f"{' and '.join(chosen)} can be chosen for a picture; name its file with -o, such as -o picture.svg"
            )
        return table(value, number=options.number)
    if "highlight" in chosen:
        chosen["highlight"] = _named(value, options.highlight)
    _name_output(value)
    value.backward()
    try:
        picture = draw(value, names=False, number=options.number, **chosen)
    except RuntimeError as error:  # Graphviz is not installed
        raise ValueError(str(error)) from None
    return "\n".join(_written(path, picture.save) for path in options.output)


def _name_output(value: Value) -> None:
    """The output has the name in a picture that it has in the table and in words."""
    value.label = value.label or output_name({node.label for node in topological_order(value)})


def _named(value: Value, name: str) -> Value:
    """The Value of that name in the graph."""
    labelled = {node.label: node for node in topological_order(value) if node.label}
    if name not in labelled:
        raise ValueError(f"the expression has no {name!r}; its names: {', '.join(labelled)}")
    return labelled[name]


def _step(value: Value, options: argparse.Namespace) -> str:
    given = vars(options)
    chosen = {name: given[name] for name in ("direction", "legend") if name in given}
    _name_output(value)
    return _written(options.output, step(value, names=False, **chosen).save)


def _written(path: str, save: Callable[[str], object]) -> str:
    try:
        save(path)
    except RuntimeError as error:  # there are no fonts for a PNG
        raise ValueError(str(error)) from None
    except OSError as error:  # which names the file it was written beside
        raise ValueError(f"{path} can't be written: {error.strerror or error}") from None
    return f"wrote {path}"


def _explain(value: Value, options: argparse.Namespace) -> str:
    return explain(
        value, options.wrt, options.format, names=False, limit=options.limit, paths=options.paths, number=options.number
    )


# ---------------------------------------------------------------- the parser


class _Parser(argparse.ArgumentParser):
    """Errors as one sentence, in the form of all others."""

    def error(self, message: str) -> NoReturn:
        self.exit(_wrong(f"{message}; see {self.prog} --help"))


class _Version(argparse.Action):
    """Looks the version up when it is asked for: that takes longer than reading an expression."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"gatewise {version('gatewise')}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    listed = ", ".join(sorted(functions()))
    epilog = EXAMPLES.format(functions=listed.replace("relu, sigmoid", "relu,\n  sigmoid"))
    raw = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        prog="gatewise",
        description="Backpropagation you can see: an expression's values, local derivatives and gradients.",
        epilog=epilog,
        formatter_class=raw,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    def command(name: str, run: Callable[[Value, argparse.Namespace], str], help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=help,
            description=help[0].upper() + help[1:] + ".",
            epilog=epilog,
            formatter_class=raw,
            allow_abbrev=False,
        )
        sub.add_argument("expression", metavar="EXPRESSION", help='such as "max(x*w + b, 0)", in quotes')
        sub.add_argument("values", nargs="*", default=[], metavar="NAME=NUMBER", help="such as x=2 w=-3 b=1/3")
        sub.set_defaults(run=run)
        return sub

    draw = command("draw", _draw, "draw the graph into a file, or print its values and gradients as a table")
    endings = [*FORMATS, *(f"{name}.{ENDINGS[name]}" if name in ENDINGS else name for name in MOVING)]
    draw.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        action="append",
        help=f"the picture to write; its name ends in .{', .'.join(endings)}; may be given more than once",
    )
    step = command("step", _step, "write a page that steps through the graph, forward and backward")
    step.add_argument("-o", "--output", metavar="FILE", required=True, help="the page to write, such as neuron.html")
    for name, (purpose, choices) in _PICTURE.items():
        for sub in (draw, step) if name == "direction" else (draw,):
            sub.add_argument(
                f"--{name}", metavar=name.upper(), default=argparse.SUPPRESS, help=f"{purpose}: {', '.join(choices)}"
            )
    for name, help in _PARTS.items():
        for sub in (draw, step) if name == "legend" else (draw,):
            sub.add_argument(
                f"--no-{name}", dest=name, action="store_false", default=argparse.SUPPRESS, help=f"leave out {help}"
            )
    draw.add_argument("--highlight", metavar="NAME", default=argparse.SUPPRESS, help="show the paths from NAME")
    explain = command("explain", _explain, "tell in words how the value and its gradients come about")
    explain.add_argument(
        "--wrt",
        metavar="NAME",
        action="append",
        help="also list every path from NAME to the output; may be given more than once",
    )
    explain.add_argument("--format", default="text", metavar="FORMAT", help=f"{', '.join(EXPLANATIONS)} (text)")
    for sub in (draw, explain):
        sub.add_argument(
            "--digits", type=_digits, dest="number", metavar="N", default=NumberFormat(), help="significant digits (3)"
        )
    explain.add_argument("--limit", type=int, default=60, metavar="N", help="tell at most N gates one by one (60)")
    explain.add_argument("--paths", type=int, default=12, metavar="N", help="list at most N paths for each name (12)")
    return parser


def _digits(text: str) -> NumberFormat:
    try:
        return NumberFormat(int(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 17") from None


def _expressions_apart(arguments: list[str]) -> list[str]:
    """An expression may start with a minus sign, ``-x*2``; a space before it tells it from an option."""
    options = ("-o", "-h", "--")
    return [f" {word}" if word[:1] == "-" and not word.startswith(options) else word for word in arguments]


# ---------------------------------------------------------------- what goes wrong


def _wrong(message: str) -> int:
    print(_showable(f"gatewise: {message}", sys.stderr), file=sys.stderr)
    return 2


def _showable(text: str, stream: object = None) -> str:
    """The text as the stream's encoding can show it: − as -, where there is no −."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, errors="replace").decode(encoding)
    return text


if __name__ == "__main__":
    sys.exit(main())
