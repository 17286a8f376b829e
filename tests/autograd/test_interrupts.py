"""Ctrl-C may come at any line: gradients are then all written or none, and no mode stays open. Threads lose nothing."""

import sys
from collections.abc import Callable
from threading import Barrier, Thread

import pytest

import autograd
from autograd import AnomalyError, Value, backward_steps, detect_anomaly, log, no_grad, scope
from autograd.mode import mode


def interrupted(call: Callable[[], object], at: int) -> bool:
    """Run `call`, with a KeyboardInterrupt at the `at`-th line of ours that it runs; whether it came to that."""
    lines = 0

    def trace(frame, event, _):
        nonlocal lines
        if "autograd" not in frame.f_code.co_filename and "<gate" not in frame.f_code.co_filename:
            return None
        if event == "line":
            lines += frame.f_code.co_name != "__del__"  # where exceptions are reported, and go no further
            if lines == at:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def graph() -> tuple[Value, list[Value], list[Value]]:
    x, w, c = Value(2.0), Value(-3.0), Value(5.0, requires_grad=False)
    h = x * w + c
    y = autograd.sum([h.tanh(), h * x, w])
    return y, [x, w, c], [h, y]


@pytest.mark.parametrize("anomaly", [False, True])
def test_an_interrupted_backward_leaves_all_gradients_or_none(anomaly):
    y, leaves, interior = graph()
    nodes = [*leaves, *interior]
    y.backward(seed=0.5)  # so that interior nodes, too, have something to lose
    before = [node.grad for node in nodes]
    expected, expected_leaves, expected_interior = graph()
    expected.backward(seed=0.5)
    expected.backward()
    after = [node.grad for node in (*expected_leaves, *expected_interior)]

    def backward():
        if anomaly:
            with detect_anomaly():
                y.backward()
        else:
            y.backward()

    seen, at = set(), 0
    while True:
        at += 1
        for node, gradient in zip(nodes, before, strict=True):
            node.grad = gradient
        came = interrupted(backward, at)
        gradients = [node.grad for node in nodes]
        assert gradients in (before, after)
        if not came:
            break
        seen.add(gradients == after)
    assert at > 50
    assert False in seen
    assert gradients == after


def test_an_anomaly_in_backward_leaves_all_gradients_as_they_were():
    x, w = Value(0.0), Value(2.0)
    y = x.sqrt() * w + w
    w.grad = x.grad = 7.0
    with detect_anomaly(), pytest.raises(AnomalyError):
        y.backward()
    assert (w.grad, x.grad) == (7.0, 7.0)


def test_threads_that_share_leaves_lose_no_sum():
    w = Value(1.0)
    barrier = Barrier(4)

    def work():
        barrier.wait()
        for _ in range(100):
            autograd.sum([w * 1.0 for _ in range(50)]).backward()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert w.grad == 4 * 100 * 50.0


def test_threads_may_run_backward_through_the_same_gates():
    x = Value(3.0)
    shared = x * x
    for _ in range(20):
        shared = shared * 1.0
    outputs = [shared * 2.0 for _ in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [Thread(target=lambda y=y: [y.backward() for _ in range(100)]) for y in outputs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert x.grad == 4 * 100 * 12.0


@pytest.mark.parametrize("opened", [lambda: scope("a"), no_grad, detect_anomaly])
def test_an_interrupt_at_any_line_leaves_no_mode_open(opened):
    def statement():
        with opened():
            Value(1.0) * 2.0

    before, at, came = mode.get(), 0, True
    while came:
        at += 1
        came = interrupted(statement, at)
        assert mode.get() is before
    assert at > 10


def test_what_was_left_open_inside_ends_with_the_statement_around_it():
    before = mode.get()
    with no_grad():
        inner = scope("inner")
        inner.__enter__()
    assert mode.get() is before


def test_a_with_statement_closed_after_the_one_around_it_says_so_and_changes_nothing():
    def generator():
        with no_grad():
            yield
            yield

    before = mode.get()
    suspended = generator()
    with scope("outer"):
        next(suspended)
    assert mode.get() is before
    next(suspended)
    with pytest.raises(RuntimeError, match=r"no_grad\(\) was closed after the with statement around it"):
        next(suspended)
    assert mode.get() is before


def test_statements_closed_in_the_order_of_opening_leave_no_mode_open():
    before = mode.get()
    first, second = no_grad(), scope("s")
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert mode.get() is before
    with pytest.raises(RuntimeError, match=r"scope\('s'\)"):
        second.__exit__(None, None, None)
    assert mode.get() is before


def test_a_with_statement_that_is_open_is_not_opened_again():
    s = scope("s")
    with s, pytest.raises(RuntimeError, match=r"scope\('s'\) is open already"), s:
        pass
    with s:  # one that was closed may be
        assert Value(1.0).scope == "s"


def test_no_grad_decorates_functions_that_call_themselves():
    @no_grad()
    def power(x, n):
        return x if n == 1 else x * power(x, n - 1)

    assert not power(Value(2.0), 3).requires_grad
    assert (Value(2.0) * 1.0).requires_grad


def test_backward_steps_agree_with_backward():
    y, leaves, _ = graph()
    y.backward()
    by_backward = [leaf.grad for leaf in leaves]
    y, leaves, _ = graph()
    for _ in backward_steps(y):
        pass
    assert [leaf.grad for leaf in leaves] == by_backward


def test_an_anomaly_names_the_variable_and_the_line():
    zero = Value(0.0)
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"backward, in test_interrupts.py:\d+: .*variable zero"):
        zero.sqrt().backward()
    infinite = Value(float("inf"))
    with (
        detect_anomaly(),
        pytest.raises(AnomalyError, match=r"in test_interrupts.py:\d+: .*variable infinite"),
    ):
        log(infinite)


def test_the_error_of_a_wide_gate_is_short_and_shows_what_is_not_finite():
    xs = [Value(1.0, label="x" * 300) for _ in range(100_000)]
    xs[77_777] = Value(float("inf"), label="culprit")
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        autograd.sum(xs)
    assert len(str(caught.value)) < 600
    assert "operand 77778 = inf (labelled 'culprit')" in str(caught.value)
    assert "99,997 more operands" in str(caught.value)


def test_a_domain_error_of_a_wide_gate_is_short():
    xs = [Value(2.0**1000) for _ in range(10_000)]
    harmonic = autograd.Gate("overflowing", "o", "pow(sum(xs), 2)", ("2 * sum(xs)",), "scaler", arity=None)
    with pytest.raises(OverflowError) as caught:
        autograd.apply(harmonic, xs)
    assert len(str(caught.value)) < 600
    assert "9,997 more operands" in str(caught.value)
