"""The public names of the packages with their signatures, as lines of text; as a script it writes the list anew.

python tests/support/public_names.py

A name is public if a package's ``__all__`` has it, or if it is defined without underscore in a module that ``__all__``
has, or in a class that is public. Each is *stable* (it changes only with a new major version) or *experimental* (it may
change with any version); a name that is new in the list is experimental until somebody changes the word by hand.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

LIST = Path(__file__).parents[1] / "packaging" / "public_names.txt"
PACKAGES = ("autograd", "nn", "viz")
STABLE, EXPERIMENTAL = "stable", "experimental"


def public_names() -> dict[str, str]:
    """Every public name, and its signature without the types, ``class`` and that, ``property`` or ``value``."""
    return {name: shape for package in PACKAGES for name, shape in _of_module(import_module(package), package)}


def _of_module(module: ModuleType, path: str) -> Iterator[tuple[str, str]]:
    listed = getattr(module, "__all__", None)
    for name in sorted(n for n in listed or vars(module) if not n.startswith("_")):
        thing = getattr(module, name)
        if isinstance(thing, ModuleType):
            if listed:
                yield from _of_module(thing, f"{path}.{name}")
        elif listed or getattr(thing, "__module__", "").startswith(module.__name__):
            yield from _of_thing(thing, f"{path}.{name}")


def _public_classes() -> set[type]:
    packages = [import_module(package) for package in PACKAGES]
    things = [getattr(package, name) for package in packages for name in package.__all__]
    return {thing for thing in things if inspect.isclass(thing)}


def _of_thing(thing: object, path: str) -> Iterator[tuple[str, str]]:
    if not inspect.isclass(thing):
        is_function = callable(thing) and not hasattr(thing, "__origin__")  # which types such as Callable[...] have
        yield path, _signature(thing) if is_function else "value"
        return
    yield path, f"class {_signature(thing)}"
    others = _public_classes() - {thing}
    for name in sorted(dir(thing)):
        owner = next((c for c in thing.__mro__ if name in vars(c)), object)
        if name.startswith("_") or owner in others or owner.__module__.partition(".")[0] not in PACKAGES:
            continue
        member = inspect.getattr_static(thing, name)
        is_function = inspect.isfunction(member) or isinstance(member, classmethod | staticmethod)
        yield f"{path}.{name}", _signature(getattr(thing, name)) if is_function else "property"


def _signature(thing: object) -> str:
    """The parameters with their defaults; their types are left to the type checker."""
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return "(...)"  # what Python tells of exceptions depends on its version
    signature = inspect.signature(thing)  # type: ignore[arg-type]
    bare = [p.replace(annotation=p.empty, default=_default(p.default)) for p in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))


class _Shown:
    """A default as the list shows it: of functions and objects the name alone, without an address."""

    def __init__(self, default: object) -> None:
        plain = isinstance(default, str | int | float | tuple | frozenset | None)
        self.text = repr(default) if plain else getattr(default, "__qualname__", f"{type(default).__name__}(...)")

    def __repr__(self) -> str:
        return self.text


def _default(default: object) -> object:
    return default if default is inspect.Parameter.empty else _Shown(default)


def listed() -> dict[str, tuple[str, str]]:
    """What the list says: the name, then its word, *stable* or *experimental*, and its signature."""
    lines = [line.split(" ", 2) for line in LIST.read_text(encoding="utf-8").splitlines() if line]
    return {name: (word, shape) for word, name, shape in lines}


if __name__ == "__main__":
    known = listed() if LIST.exists() else {}
    words = {name: known.get(name, (EXPERIMENTAL,))[0] for name in public_names()}
    lines = [f"{words[name]} {name} {shape}\n" for name, shape in public_names().items()]
    LIST.write_text("".join(lines), encoding="utf-8")
