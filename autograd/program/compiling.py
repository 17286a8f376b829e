"""`compile`: from a graph, or a function of Values, to a program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.comparison import COMPARED
from autograd.errors import RecordingError
from autograd.numbers import number
from autograd.program.branches.branching import BranchingProgram
from autograd.program.branches.recorded import recorded
from autograd.program.executors.executor import Executor, chosen
from autograd.program.program import Program, program_of
from autograd.value import Value


def compile(
    outputs: Value | Iterable[Value] | Callable[..., Any],
    inputs: Iterable[Any],
    *,
    executor: Executor | None = None,
) -> Program | BranchingProgram:
    """A function of `inputs` and of its parameters, recorded gate by gate, ready to run on batches.

    outputs: a function of Values, such as ``lambda x, y: ...``; or the graph itself, a Value or several, built once
    from the leaves in `inputs`.
    inputs: for a function one number for each of its arguments, an example to begin with; for a graph its leaves. Each
    becomes a column of the rows that the program takes. All other leaves are parameters, or constants if their
    `requires_grad` is False; a constant keeps the number it has now.
    executor: "numpy", "numba" (the extra ``gatewise[jit]``) or "python"; the default is numba where it is installed.

    A function may look at its numbers: each path that rows take through it is recorded when the first row takes it. A
    graph is recorded as it was built: that an input was compared, detached or used under `no_grad` meanwhile is noticed
    and refused; that its ``.data`` was read is not, so of such code compile the function.

    Raises TypeError for outputs or inputs that are no Values, ValueError for an input that is no leaf, is given twice,
    or that no output depends on, and RecordingError, which names the line, for what can't be replayed.

    >>> from autograd import Value, compile
    >>> w = Value(3.0)
    >>> program = compile(lambda x: w * x if x > 0 else -w * x, [1.0])
    >>> program.forward([[2.0], [-2.0]])
    array([6., 6.])
    """
    if callable(outputs) and not isinstance(outputs, Value):
        return compile_function(outputs, inputs, executor)
    single = isinstance(outputs, Value)
    ends: list[Value] = [outputs] if isinstance(outputs, Value) else _several(outputs)
    if isinstance(inputs, Value):
        raise TypeError(f"inputs is a list of Values, one for each column, but was given the one Value {inputs!r}")
    leaves = list(inputs)
    for i, leaf in enumerate(leaves):
        if isinstance(leaf, Value) and leaf.gate is None and getattr(leaf, "_db", None) is COMPARED:
            raise RecordingError(
                f"input {i}{f' ({leaf.label!r})' if leaf.label else ''} was compared, detached or used under no_grad, "
                "so the graph may be another for other numbers. Compile the function that builds the graph, "
                "compile(f, inputs=[1.0, ...]), which records every path through it; or build the graph with "
                "where(condition, a, b) and x.stop_gradient(). If this had nothing to do with the graph, build that "
                "from a new leaf"
            )
    return program_of(ends, leaves, None, single=single, executor=chosen(executor))


def compile_function(
    function: Callable[..., Any], inputs: Iterable[float], executor: Executor | None
) -> Program | BranchingProgram:
    """`autograd.compile` of a function."""
    example = [number(x) for x in inputs]
    if None in example:
        raise TypeError("the inputs of a function are numbers to begin with, one for each argument, such as [1.0, 2.0]")
    labels = [f"x{i}" for i in range(len(example))]
    return program_for(lambda xs: function(*xs), example, labels, executor=executor)  # type: ignore[arg-type]


def program_for(
    function: Callable[[list[Value]], Any],
    row: Sequence[float],
    labels: Sequence[str],
    *,
    parameters: Sequence[Value] = (),
    executor: Executor | None = None,
) -> Program | BranchingProgram:
    """What replays `function`, recorded with `row`; a plain `Program` if it decides nothing.

    labels: of the inputs. parameters: come first among the program's, in this order, used or not. Raises
    RecordingError, and what the function raises.
    """
    trace, found = recorded(function, row, labels, parameters)
    if trace.decisions:
        return BranchingProgram(function, trace, found, chosen(executor))
    return program_of(
        trace.outputs, trace.inputs, found, single=trace.single, executor=chosen(executor), partial=trace.partial
    )


def _several(outputs: object) -> list[Value]:
    if not isinstance(outputs, Iterable) or isinstance(outputs, str | bytes):
        raise TypeError(
            f"a program computes a Value or a list of Values, but was given {outputs!r} of type "
            f"{type(outputs).__name__}"
        )
    ends = list(outputs)
    for i, output in enumerate(ends):
        if not isinstance(output, Value):
            raise TypeError(
                f"the outputs of a program are Values, but output {i} is {output!r} of type "
                f"{type(output).__name__}; the graph must be built from Values all the way"
            )
    if not ends:
        raise ValueError("a program needs at least one output, but the list of outputs is empty")
    return ends
