"""Values of one graph, pickled or copied together, come back as one graph; however deep or many, in linear time."""

import copy
import io
import pickle
import sys
import weakref
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context

import pytest
from support.worker import differentiated

from autograd import Value, topological_order
from autograd import sum as sum_of


def pickled(x):
    return pickle.loads(pickle.dumps(x))


def through_python_pickler(x):
    file = io.BytesIO()
    pickle._Pickler(file).dump(x)
    return pickle.loads(file.getvalue())


@pytest.fixture(params=[pickled, through_python_pickler, copy.deepcopy], ids=["pickle", "python", "deepcopy"])
def copied(request):
    return request.param


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("turned", [False, True])
def test_a_node_and_its_parent_stay_connected(copied, kind, turned):
    x = Value(2.0, label="x")
    h = x * 3.0
    y = h.tanh()
    y.backward()
    given = kind([y, h, x] if turned else [h, y, x])
    h2, y2, x2 = copied(given)
    if turned:
        h2, y2 = y2, h2
    assert y2.parents == (h2,)
    assert h2.parents[0] is x2
    assert (y2.data, h2.grad, x2.label) == (y.data, h.grad, "x")
    x2.grad = 0.0
    y2.backward()
    assert x2.grad == x.grad


def test_a_gate_that_two_outputs_share_is_shared_afterwards(copied):
    x = Value(2.0)
    shared = x * x
    first, second = shared + 1.0, shared * 3.0
    result = copied({"first": first, "second": second, "x": x})
    assert result["first"].parents[0] is result["second"].parents[0]
    result["first"].backward()
    result["second"].backward()
    assert result["x"].grad == 4.0 + 12.0


def test_the_loss_and_the_prediction_of_a_model_stay_connected(copied):
    import nn

    model = nn.MLP(2, [3, 1], seed=0)
    prediction = model([1.0, -2.0])
    loss = (prediction - 1.0) ** 2
    loss2, prediction2, parameters = copied([loss, prediction, model.parameters()])
    order = topological_order(loss2)
    assert prediction2 in order
    assert all(p in order for p in parameters)


def test_pickling_again_keeps_what_has_changed_meanwhile():
    x = Value(2.0)
    y = x * 3.0
    assert pickled(y).data == 6.0
    x.data = 5.0
    y.forward()
    again = pickled([y, x])
    assert again[0].data == 15.0
    assert again[0].parents[0] is again[1]


def test_one_pickler_for_several_dumps_keeps_them_connected():
    x = Value(2.0)
    h = x * x
    y = h + x
    file = io.BytesIO()
    pickler = pickle.Pickler(file)
    pickler.dump(h)
    pickler.dump(y)
    file.seek(0)
    unpickler = pickle.Unpickler(file)
    h2, y2 = unpickler.load(), unpickler.load()
    assert y2.parents[0] is h2


def test_a_pickle_holds_no_more_than_what_is_below():
    x = Value(2.0)
    h = x * x
    y = h
    for _ in range(1000):
        y = y * 1.0
    pickle.dumps(y)
    assert len(pickle.dumps(h)) < 1000


def test_a_pickled_graph_is_freed_with_its_last_name():
    y = chain(1000)[-1]
    pickle.dumps(y)
    last = weakref.ref(y)
    del y
    assert last() is None


def chain(gates):
    """Every node of a chain of gates, the leaf first."""
    nodes = [Value(1.0)]
    for _ in range(gates):
        nodes.append(nodes[-1] * 1.0)
    return nodes


def calls_in(work):
    """How many functions are called while `work` runs."""
    count = 0

    def seen(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("turned", [False, True])
def test_a_list_of_all_gates_of_a_deep_chain_is_pickled_in_linear_steps(turned):
    short, long = chain(4_000), chain(16_000)
    if turned:
        short.reverse()
        long.reverse()
    assert calls_in(lambda: pickle.dumps(long)) <= 4.1 * calls_in(lambda: pickle.dumps(short))
    data = pickle.dumps(long)
    assert len(data) < 400 * 16_000
    result = pickle.loads(data)
    if turned:
        result.reverse()
    assert all(child.parents[0] is parent for parent, child in pairwise(result))


def test_deep_copies_of_many_gates_take_linear_steps():
    short, long = chain(1_000), chain(4_000)
    assert calls_in(lambda: copy.deepcopy(long)) <= 4.1 * calls_in(lambda: copy.deepcopy(short))
    assert all(child.parents[0] is parent for parent, child in pairwise(copy.deepcopy(long)))


def test_values_go_to_another_process_and_come_back():
    x = Value(3.0, label="x")
    prediction = x * 2.0
    loss = sum_of([prediction * prediction, x])
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:  # unlike a Pool, it tells when a process dies
        loss2, prediction2 = pool.submit(differentiated, (loss, prediction)).result()
    assert prediction2 in topological_order(loss2)
    assert prediction2.grad == 12.0


def test_numbers_of_an_expression_stay_what_they_are(copied):
    y = Value(2.0) * 3.0
    assert type(copied(y).parents[1]) is type(y.parents[1])
    assert type(copied(y).parents[0]) is Value
