"""Paths through a graph: how many, the product along each, and their sum, which is the gradient."""

from math import prod

import pytest

from autograd import Value, topological_order
from viz.paths import EXACT, paths_from, reached_from


def doubled(x, times):
    for _ in range(times):
        x = x + x
    return x


def test_the_products_of_all_paths_add_up_to_the_gradient():
    x, w = Value(0.5, "x"), Value(-3.0, "w")
    y = (x * w + x).tanh() * x
    y.backward()
    for start, count in ((x, 3), (w, 1)):
        paths = paths_from(start, topological_order(y), limit=10)
        assert paths.complete
        assert paths.count == count
        assert paths.sum == pytest.approx(start.grad, rel=1e-12)
        assert sum(path.product for path in paths.shown) == pytest.approx(start.grad, rel=1e-12)


def test_a_path_has_the_local_derivative_of_each_of_its_steps():
    x = Value(3.0)
    y = (x + 1) * x
    through, direct = paths_from(x, topological_order(y), limit=2).shown
    assert [node.data for node in through.nodes] == [3.0, 4.0, 12.0]
    assert (through.locals, through.edges, through.product) == ((1.0, 3.0), (0, 0), prod((1.0, 3.0)))
    assert (direct.locals, direct.edges, direct.product) == ((4.0,), (1,), 4.0)


def test_of_more_paths_than_wanted_the_largest_are_shown():
    x = Value(1.0)
    y = x * 2 + x * -7 + x * 5 + x * 3
    paths = paths_from(x, topological_order(y), limit=2)
    assert (paths.count, paths.sum, paths.complete) == (4, 3.0, False)
    assert [path.product for path in paths.shown] == [-7.0, 5.0]


@pytest.mark.parametrize(("times", "count"), [(30, 2**30), (332, 2**332), (400, EXACT + 1)])
def test_paths_are_counted_exactly_up_to_a_limit(times, count):
    x = Value(1.0)
    assert paths_from(x, topological_order(doubled(x, times)), limit=1).count == count


def test_nothing_leads_from_what_is_not_used():
    paths = paths_from(Value(1.0), topological_order(Value(2.0) * 3), limit=4)
    assert (paths.count, paths.sum, paths.shown) == (0, 0.0, ())


def test_all_that_depends_on_a_value_is_reached_from_it():
    x, w = Value(2.0), Value(3.0)
    product = x * w
    y = product + w.exp()
    assert reached_from(x, topological_order(y)) == {x, product, y}
