"""Order, stepping, recomputing, constants, scopes."""

import numpy as np
import pytest
from hypothesis import given
from support.graphs import recipes

from autograd import (
    Value,
    backward_steps,
    detect_anomaly,
    exp,
    forward_steps,
    maximum,
    no_grad,
    recompute,
    scope,
    sigmoid,
    sum,
    topological_order,
)


def cs231n_neuron():
    w0, x0, w1, x1, w2 = (
        Value(v, label=n) for n, v in [("w0", 2.0), ("x0", -1.0), ("w1", -3.0), ("x1", -2.0), ("w2", -3.0)]
    )
    return [w0, x0, w1, x1, w2], sigmoid(w0 * x0 + w1 * x1 + w2)


def test_cs231n_first_example():
    x, y, z = Value(-2.0), Value(5.0), Value(-4.0)
    f = (x + y) * z
    f.backward()
    assert (f.data, x.grad, y.grad, z.grad) == (-12.0, -4.0, -4.0, 3.0)


def test_cs231n_sigmoid_neuron():
    leaves, f = cs231n_neuron()
    f.backward()
    assert round(f.data, 2) == 0.73
    assert [round(leaf.grad, 2) for leaf in leaves] == [-0.20, 0.39, -0.39, -0.59, 0.20]


def test_cs231n_max_example():
    x, y, z, w = Value(3.0), Value(-4.0), Value(2.0), Value(-1.0)
    f = (x * y + maximum(z, w)) * 2
    f.backward()
    assert (f.data, x.grad, y.grad, z.grad, w.grad) == (-20.0, -8.0, 6.0, 2.0, 0.0)


def test_operands_come_before_the_gates_that_use_them_each_once():
    x = Value(1.0)
    y = x + x
    z = y * x
    assert topological_order(z) == [x, y, z]
    assert topological_order([y, z]) == [x, y, z]


def test_topological_order_refuses_what_is_no_value():
    with pytest.raises(TypeError, match="graph ends in Values"):
        topological_order([3.0])


@given(recipes())
def test_order_holds_on_random_graphs(recipe):
    _, output = recipe.values()
    order = topological_order(output)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert all(place[parent] < place[node] for node in order for parent in node.parents)
    assert order[-1] is output


@given(recipes())
def test_stepping_to_the_end_is_backward_to_the_last_bit(recipe):
    leaves, output = recipe.values()
    others, same = recipe.values()
    for _ in range(2):
        output.backward()
        for _ in backward_steps(same):
            pass
    assert [leaf.grad for leaf in leaves] == [leaf.grad for leaf in others]
    assert [n.grad for n in topological_order(output)] == [n.grad for n in topological_order(same)]


def test_each_step_tells_upstream_local_amount_and_the_sum_so_far():
    x = Value(3.0)
    y = x * x
    (step,) = backward_steps(y, seed=2.0)
    assert step.node is y
    assert step.upstream == 2.0
    assert [tuple(c) for c in step.contributions] == [(x, 3.0, 6.0, 6.0), (x, 3.0, 6.0, 12.0)]


def test_steps_can_be_stopped_looked_at_and_continued():
    leaves, f = cs231n_neuron()
    steps = backward_steps(f)
    first = next(steps)
    assert first.node is f
    assert all(leaf.grad == 0.0 for leaf in leaves)
    assert f.parents[0].grad == pytest.approx(0.1966, abs=1e-4)
    for _ in steps:
        pass
    assert round(leaves[0].grad, 2) == -0.20


def test_a_second_pass_shows_leaf_gradients_growing_from_the_first():
    x = Value(2.0)
    (3 * x).backward()
    (step,) = backward_steps(3 * x)
    assert step.contributions[0].grad == 6.0


def test_forward_steps_go_gate_by_gate():
    x = Value(2.0)
    y = exp(x * 3)
    assert [(s.gate.name, s.value) for s in forward_steps(y)] == [("mul", 6.0), ("exp", y.data)]
    assert next(forward_steps(y)).operands[0] is x


def test_constants_get_no_gradient_and_no_contribution():
    c, x = Value(2.0, requires_grad=False), Value(5.0)
    y = c * x
    (step,) = backward_steps(y)
    assert [contribution.parent for contribution in step.contributions] == [x]
    y.backward()
    assert (c.grad, x.grad) == (0.0, 4.0)


def test_a_frozen_leaf_keeps_the_gradient_it_had():
    w = Value(2.0)
    (w * 3).backward()
    w.requires_grad = False
    (w * 5).backward()
    assert w.grad == 3.0


def test_an_interior_node_cannot_be_frozen():
    with pytest.raises(ValueError, match="detach"):
        (Value(1.0) * 2).requires_grad = False


def test_detach_stops_the_gradient():
    x = Value(3.0, label="x")
    y = x * x.detach()
    y.backward()
    assert x.grad == 3.0
    assert y.parents[1].label == "x"


@pytest.mark.parametrize("seed", ["1", None, 1j])
def test_a_seed_that_is_no_number_is_refused_and_nothing_changes(seed):
    x = Value(1.0)
    y = x * x
    y.backward()
    with pytest.raises(TypeError, match="seed"):
        y.backward(seed)
    assert (x.grad, y.grad) == (2.0, 1.0)


# recompute


def test_recompute_evaluates_the_same_graph_at_new_leaves():
    x = Value(2.0)
    y = x * x + 1
    x.data = 5.0
    assert y.forward() == 26.0
    y.backward()
    assert x.grad == 10.0


def test_a_failed_recompute_changes_nothing():
    x = Value(4.0)
    root = x.sqrt()
    y = root * x
    x.data = -4.0
    with pytest.raises(ValueError, match="sqrt"):
        recompute(y)
    assert (root.data, y.data, y.local_derivatives) == (2.0, 8.0, (4.0, 2.0))


@given(recipes())
def test_recompute_at_the_same_leaves_changes_nothing(recipe):
    _, output = recipe.values()
    before = [(node.data, node.local_derivatives) for node in topological_order(output)]
    recompute(output)
    assert [(node.data, node.local_derivatives) for node in topological_order(output)] == before


# modes


def test_scopes_nest_and_are_remembered():
    x = Value(1.0)
    with scope("layer1"):
        y = x * 2
        with scope("neuron"):
            z = sum([y, x])
    assert (x.scope, y.scope, z.scope) == ("", "layer1", "layer1.neuron")


@pytest.mark.parametrize("name", ["", None, 3])
def test_a_scope_needs_a_name(name):
    with pytest.raises(ValueError, match="scope"), scope(name):
        pass


def test_modes_end_with_their_block_even_after_an_error():
    with pytest.raises(RuntimeError), no_grad(), detect_anomaly(), scope("s"):
        raise RuntimeError
    y = Value(1.0) * 2
    assert y.parents
    assert y.scope == ""


def test_modes_are_each_threads_own():
    from threading import Thread

    made = []
    with no_grad():
        thread = Thread(target=lambda: made.append(Value(1.0) * 2))
        thread.start()
        thread.join()
    assert made[0].requires_grad


# looks


def test_repr_and_format_help():
    x = Value(2.0, label="x")
    assert repr(x) == "Value(data=2.0, grad=0.0, label='x')"
    assert repr(x * 3) == "Value(data=6.0, grad=0.0, gate='mul')"
    assert f"{x:.2f}" == "2.00"
    assert f"{x}" == repr(x)


def test_in_place_forms_rebind_and_never_mutate():
    x = y = Value(2.0)
    x += 1
    x *= 3
    x -= 1
    x /= 2
    x **= 2
    assert x.data == 16.0
    assert y.data == 2.0


def test_int_data_assigned_by_hand_still_gives_floats():
    p = Value(2.0)
    p.data = 3
    assert type((p * 2).data) is float
    p.data -= 1
    assert (p * p).data == 4.0


@pytest.mark.parametrize("nonsense", [Value(6.0), None, "3", 2j, [1.0]])
def test_what_is_no_number_cannot_be_assigned_to_data(nonsense):
    p = Value(2.0, label="p")
    with pytest.raises(TypeError, match=r"data of 'p' takes an int, a float, a bool or a NumPy scalar"):
        p.data = nonsense
    assert p.data == 2.0


@pytest.mark.parametrize("number", [3, True, np.float64(3.0), np.float32(3.0), np.int64(3)])
def test_any_number_assigned_to_data_or_grad_is_stored_as_a_float(number):
    p = Value(2.0)
    p.data = p.grad = number
    assert type(p.data) is type(p.grad) is float
    assert p.data == p.grad == float(number)


def test_none_assigned_to_grad_is_zero():
    p = Value(2.0)
    p.grad = None
    assert p.grad == 0.0
    (p * 3).backward()
    assert p.grad == 3.0


def test_what_is_no_number_cannot_be_assigned_to_grad():
    p = Value(2.0, label="p")
    with pytest.raises(TypeError, match=r"grad of 'p' takes .* given '3' of type str"):
        p.grad = "3"
    assert p.grad == 0.0
