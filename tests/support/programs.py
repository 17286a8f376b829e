"""Random Python programs over Values: what a user might write as a model or a loss, as source text.

A program is a function of its inputs and of parameters around it. It computes with gates, and reads numbers off its
Values in every way that Python has: to branch, to count, to index, to sort, to print. `program(seed)` is always the
same text for the same seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

HEADER = """\
import copy, math, statistics
from functools import reduce
import numpy as np
import autograd, nn
from autograd import (Value, cos, decide, derivative, dot, exp, grad, log, logsumexp, maximum, minimum, no_grad, relu,
                      sigmoid, sin, softplus, sqrt, tanh, value_and_grad, where)
from autograd import sum as sum_of
"""


@dataclass(frozen=True)
class Program:
    """text: the source. inputs, parameters: how many. rows, weights: numbers for them."""

    text: str
    inputs: int
    rows: list[list[float]]
    weights: list[float]


class Writer:
    """Writes statements; knows which variables hold Values, and how deep it is."""

    def __init__(self, rng: random.Random, values: list[str], weights: list[str]) -> None:
        self.rng, self.values, self.weights = rng, values, weights
        self.lines: list[str] = []
        self.names = 0
        self.depth = 1

    def put(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def fresh(self) -> str:
        self.names += 1
        return f"v{self.names}"

    def pick(self, *makers):
        return self.rng.choice(makers)()

    def name(self) -> str:
        return self.rng.choice(self.values[-6:] + self.weights)

    def constant(self) -> str:
        return self.rng.choice(["0.0", "1.0", "-1.0", "0.5", "2", "-0.3", "1.7"])

    # numbers -------------------------------------------------------------------------------------------------------

    def number(self, depth: int = 2) -> str:
        a = self.name()
        if depth == 0:
            return self.rng.choice([f"{a}.data", f"{a}.data", self.constant()])
        n = lambda: self.number(depth - 1)  # noqa: E731
        return self.pick(
            lambda: f"{a}.data",
            lambda: f"({n()} {self.rng.choice('+-*')} {n()})",
            lambda: f"abs({n()})",
            lambda: f"{self.rng.choice(['min', 'max'])}({n()}, {n()})",
            lambda: f"({n()} if {self.condition(depth - 1)} else {n()})",
            lambda: f"round({n()}, {self.rng.choice([0, 1])})",
            lambda: f"float(int({n()}))",
            lambda: f"math.floor({n()})",
            lambda: f"({n()} // 1.0)",
            lambda: f"({n()} % 2)",
            lambda: f"float(f'{{{a}.data:.1f}}')",
            lambda: f"sum([{n()}, {n()}])",
            lambda: f"sum(1 for v in ({self.name()}, {self.name()}) if v.data > 0)",
            lambda: f"float({a}.data > {n()})",
            lambda: f"math.copysign(1.0, round({a}.data, 1))",
            lambda: f"float(np.sign(float(round({a}.data))))",
            lambda: f"float(math.isclose({n()}, {n()}, abs_tol=0.5))",
            lambda: f"statistics.median([float(round({n()})), 0.5, 1.0])",
            lambda: f"len({{round({a}.data), round({self.name()}.data)}})",
            lambda: f"{a}.detach().data",
            lambda: f"grad({self.value(1)}, [{self.name()}])[0]",
        )

    def whole(self, below: int) -> str:
        a = self.name()
        return self.pick(
            lambda: f"int(abs({self.number(1)})) % {below}",
            lambda: f"({a} > {self.constant()})" if below >= 2 else "0",
            lambda: f"min({below - 1}, round(abs({a}.data)))",
            lambda: f"nn.functional.argmax([{', '.join(self.name() for _ in range(below))}])",
            lambda: f"min(range({below}), key=lambda i: abs({a}.data - i))",
            lambda: f"max(range({below}), key=lambda i: [{', '.join(self.name() for _ in range(below))}][i].data)",
            lambda: f"decide(lambda a: min({below - 1}, int(abs(a))), [{a}])",
            lambda: f"int(np.argmax([{', '.join(self.name() + '.data' for _ in range(below))}]))",
        )

    def condition(self, depth: int = 1) -> str:
        a, b = self.name(), self.name()
        sign = self.rng.choice(["<", "<=", ">", ">="])
        makers = [
            lambda: f"{a} {sign} {b}",
            lambda: f"{a} {sign} {self.constant()}",
            lambda: f"{self.constant()} {sign} {a}",
            lambda: f"{a}.data {sign} {self.number(0)}",
            lambda: f"{a}.data == {self.constant()}",
            lambda: f"{a}.data != {self.number(0)}",
            lambda: f"-1 {sign} {a} {sign} {b}",
            lambda: f"int({a}.data) in (0, 1)",
            lambda: f"{a}.data.is_integer()",
            lambda: f"bool({a}.data)",
            lambda: f"abs(({a} - {b}).data) < 1",
            lambda: f"any(v > {self.constant()} for v in ({a}, {b}))",
            lambda: f"str(round({a}.data)).startswith('-')",
            lambda: f"round({a}.data) in {{0, 2}}",
        ]
        if depth:
            makers += [
                lambda: f"({self.condition(0)} {self.rng.choice(['and', 'or'])} {self.condition(0)})",
                lambda: f"(({a} {sign} {b}) {self.rng.choice('&|')} ({self.name()} > {self.constant()}))",
                lambda: f"not {self.condition(0)}",
            ]
        return self.rng.choice(makers)()

    # Values --------------------------------------------------------------------------------------------------------

    def value(self, depth: int = 2) -> str:
        a = self.name()
        if depth == 0:
            return a
        v = lambda: self.value(depth - 1)  # noqa: E731
        c = self.constant
        return self.pick(
            lambda: f"({v()} {self.rng.choice('+-*')} {v()})",
            lambda: f"({v()} {self.rng.choice('+-*')} {c()})",
            lambda: f"({c()} {self.rng.choice('+-*')} {v()})",
            lambda: f"{self.rng.choice(['tanh', 'sin', 'cos', 'sigmoid', 'relu', 'softplus', 'abs'])}({v()})",
            lambda: f"{self.rng.choice(['tanh', 'sin', 'cos', 'sigmoid', 'relu', 'softplus', 'abs'])}({v()})",
            lambda: f"exp(minimum({v()}, 1.0))",
            lambda: f"log({v()} * {a} + 1.5)" if self.rng.random() < 0.3 else f"log(abs({v()}) + 0.5)",
            lambda: f"sqrt(abs({v()}) + 0.1)",
            lambda: f"({v()} / (1.0 + abs({v()})))",
            lambda: f"({v()} / {a})" if self.rng.random() < 0.2 else f"({v()} / 2)",
            lambda: f"tanh({v()}) ** {self.rng.choice([2, 3, 1])}",
            lambda: f"{self.rng.choice(['maximum', 'minimum'])}({v()}, {v()})",
            lambda: f"where({self.name()} {self.rng.choice(['<', '>='])} {self.name()}, {v()}, {v()})",
            lambda: f"where(({a} > {c()}) {self.rng.choice('&|')} ({self.name()} < {self.name()}), {v()}, {c()})",
            lambda: f"({self.name()} > {self.name()}) * {v()}",
            lambda: f"({v()} if {self.condition()} else {v()})",
            lambda: f"[{v()}, {v()}, {v()}][{self.whole(3)}]",
            lambda: f"{{0: {v()}, 1: {v()}}}.get({self.whole(3)}, {a})",
            lambda: f"sorted([{v()}, {v()}, {a}], key=lambda v: v.data)[{self.rng.randrange(3)}]",
            lambda: f"sorted([{v()}, {a}])[0]",
            lambda: f"{self.rng.choice(['max', 'min'])}({v()}, {v()}, key=lambda v: v.data)",
            lambda: f"{self.rng.choice(['max', 'min'])}({v()}, {v()})",
            lambda: f"{v()} * {self.number(1)}",
            lambda: f"({v()} + {self.number(2)})",
            lambda: f"{a}.detach() * {v()}",
            lambda: f"Value({self.number(1)}, requires_grad=False) * {v()}",
            lambda: f"sum([{v()}, {v()}])",
            lambda: f"sum_of([{v()}, {v()}, {c()}])",
            lambda: f"logsumexp([{v()}, {v()}])",
            lambda: f"dot([{v()}, {a}], [{v()}, {c()}])",
            lambda: f"dot(nn.functional.softmax([{v()}, {v()}]), [{a}, {v()}])",
            lambda: f"dot(nn.functional.one_hot({self.whole(2)}, 2), [{v()}, {v()}])",
            lambda: f"grad({v()}, [{self.name()}], create_graph=True)[0]",
            lambda: f"grad(tanh({a}) * {v()}, {a}, create_graph=True)",
            lambda: f"derivative(lambda u: tanh(u) * {v()} + u * u)({a})",
            lambda: f"derivative(derivative(lambda u: u * u * u + sin(u) * {a}))({v()})",
            lambda: f"reduce(lambda p, q: p * 0.5 + q, [{v()}, {v()}, {a}])",
            lambda: f"copy.copy({a}) + {v()}" if self.rng.random() < 0.1 else f"+{v()}",
            lambda: f"(lambda p, q={a}: p * q)({v()})",
            lambda: f"next(v for v in ({v()}, {a}) if v.data > -9)",
            lambda: f"sum([v for v in ({v()}, {a}, {self.name()}) if v > {c()}], {v()})",
        )

    # statements ----------------------------------------------------------------------------------------------------

    def assign(self) -> None:
        name = self.fresh()
        self.put(f"{name} = {self.value()}")
        self.values.append(name)

    def block(self, size: int = 2) -> list[str]:
        """Statements one level deeper, whose variables end there; gives one that holds a Value."""
        before = list(self.values)
        self.depth += 1
        for _ in range(self.rng.randint(1, size)):
            self.statement()
        self.depth -= 1
        inner, self.values = self.values, before
        return inner

    def branch(self) -> None:
        name = self.fresh()
        self.put(f"if {self.condition()}:")
        self.finish(name, self.block())
        if self.rng.random() < 0.3:
            self.put(f"elif {self.condition()}:")
            self.finish(name, self.block())
        self.put("else:")
        self.finish(name, self.block())
        self.values.append(name)

    def finish(self, name: str, inner: list[str]) -> None:
        self.put(f"    {name} = {self.rng.choice(inner[-2:])}")

    def loop(self) -> None:
        name = self.fresh()
        self.put(f"{name} = {self.value(1)}")
        self.put(f"for i in range({self.whole(4)}):")
        inner = self.block(1)
        self.put(f"    {name} = tanh({name} * 0.5 + {inner[-1]} * (i + 1))")
        self.values.append(name)

    def while_loop(self) -> None:
        name = self.fresh()
        self.put(f"{name}, n = tanh({self.value(1)}), 0")
        self.put(f"while {name} < {self.constant()} and n < {self.rng.randint(1, 3)}:")
        self.put(f"    {name}, n = {name} * 0.5 + {self.rng.choice(['0.7', self.name()])}, n + 1")
        self.values.append(name)

    def match(self) -> None:
        name = self.fresh()
        self.put(f"match {self.whole(3)}:")
        self.put("    case 0:")
        self.put(f"        {name} = {self.value()}")
        self.put("    case 1 if " + self.condition() + ":")
        self.put(f"        {name} = {self.value()}")
        self.put("    case _:")
        self.put(f"        {name} = {self.value(1)}")
        self.values.append(name)

    def without_gradient(self) -> None:
        name = self.fresh()
        self.put("with no_grad():")
        self.finish(name, self.block())
        self.values.append(name)

    def inner_function(self) -> None:
        name, function = self.fresh(), f"f{self.names}"
        self.put(f"def {function}(p, q={self.name()}):")
        before = list(self.values)
        self.values += ["p", "q"]
        inner = self.block()
        self.put(f"    return {self.rng.choice(inner[-2:])} * p")
        self.values = before
        self.put(f"{name} = {function}({self.value(1)})")
        self.values.append(name)

    def recursion(self) -> None:
        name, function = self.fresh(), f"f{self.names}"
        self.put(f"def {function}(p, n):")
        self.put(
            f"    return p if n == 0 or p.data > {self.constant()} else {function}(tanh(p + {self.name()}), n - 1)"
        )
        self.put(f"{name} = {function}({self.value(1)}, {self.rng.randint(1, 3)})")
        self.values.append(name)

    def collected(self) -> None:
        name = self.fresh()
        some = ", ".join(self.name() for _ in range(3))
        self.put(f"{name}s = [v for v in ({some}) if {self.rng.choice(['v.data > 0', 'v > 0', 'int(v.data) != 0'])}]")
        self.put(f"{name} = sum({name}s, {self.value(1)}) / (len({name}s) + 1)")
        self.values.append(name)

    def caught(self) -> None:
        name = self.fresh()
        self.put("try:")
        self.put(f"    {name} = log({self.value(1)})")
        self.put("except ValueError:")
        self.put(f"    {name} = {self.value(1)}")
        self.values.append(name)

    def generator(self) -> None:
        name = self.fresh()
        self.put(f"def g{name}():")
        self.put(f"    yield {self.value(1)}")
        self.put(f"    if {self.condition()}:")
        self.put(f"        yield {self.value(1)}")
        self.put(f"{name} = sum(g{name}())")
        self.values.append(name)

    def unused(self) -> None:
        self.put(f"{self.value(2)}")

    def statement(self) -> None:
        statements = [self.loop, self.while_loop, self.match, self.without_gradient]
        functions = [self.inner_function, self.recursion, self.collected, self.generator]
        kinds = [self.assign] * 6 + [self.branch] * 2 + statements + functions
        if self.rng.random() < 0.02:
            kinds = [self.caught, self.unused]
        self.rng.choice(kinds if self.depth < 4 else [self.assign])()


def _row(rng: random.Random, width: int) -> list[float]:
    whole = (0.0, 1.0, 2.0, -1.0, 0.5)
    return [rng.choice(whole) if rng.random() < 0.4 else rng.uniform(-2, 2) for _ in range(width)]


def program(seed: int, inputs: tuple[str, ...] | None = None, statements: int = 4) -> Program:
    """The program of this seed: ``f(inputs..., w)`` that returns a Value; `w` is a list of Values."""
    rng = random.Random(seed)
    names = list(inputs or [f"x{i}" for i in range(rng.randint(1, 3))])
    count = rng.randint(1, 3)
    writer = Writer(rng, [*names], [f"w[{i}]" for i in range(count)])
    for _ in range(rng.randint(1, statements)):
        writer.statement()
    last = " + ".join(writer.values[-2:])
    result = f"{last} + {' * '.join([names[0], *writer.weights])}"
    text = f"def f({', '.join(names)}, w):\n" + "\n".join(writer.lines) + f"\n    return {result}\n"
    rows = [_row(rng, len(names)) for _ in range(rng.randint(5, 12))]
    return Program(text, len(names), rows, [rng.uniform(-1.5, 1.5) for _ in range(count)])
