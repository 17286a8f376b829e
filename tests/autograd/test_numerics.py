"""Large logits, tiny bases, NaN: right or refused, never silently wrong. Expected numbers by hand and from PyTorch."""

import math

import pytest
from support.extras import imported, needs

import autograd
from autograd import DomainError, Value, grad, logsumexp, maximum, minimum, relu
from nn import functional, losses

INF, NAN = math.inf, math.nan
LOGITS = [
    [1e16, 1e16],
    [1e8, 1e8 + 1.0, 1e8 - 2.0],
    [-1e16, -1e16 + 4.0],
    [1e300, 1e300],
    [3.0, -1.0, 0.5],
    [0.0, -800.0],
]


def exact(logits: list[float]) -> list[float]:
    """softmax, by differences from the largest, which are exact for these."""
    parts = [math.exp(x - max(logits)) for x in logits]
    return [part / math.fsum(parts) for part in parts]


@pytest.mark.parametrize("logits", LOGITS)
def test_softmax_is_exact_at_large_logits(logits):
    right = exact(logits)
    assert functional.softmax(logits) == pytest.approx(right, rel=1e-13, abs=0.0)


@pytest.mark.parametrize("logits", LOGITS)
def test_softmax_at_large_logits_is_as_in_pytorch(logits):
    torch = imported("torch")
    by_torch = torch.softmax(torch.tensor(logits, dtype=torch.float64), 0).tolist()
    assert functional.softmax(logits) == pytest.approx(by_torch, rel=1e-12, abs=0.0)
    by_torch = torch.log_softmax(torch.tensor(logits, dtype=torch.float64), 0).tolist()
    assert functional.log_softmax(logits) == pytest.approx(by_torch, rel=1e-12)


@pytest.mark.parametrize("logits", LOGITS)
def test_gradients_of_softmax_are_exact_at_large_logits(logits):
    p = exact(logits)
    xs = [Value(x) for x in logits]
    right = [p[0] * ((i == 0) - q) for i, q in enumerate(p)]
    assert grad(functional.softmax(xs)[0], xs) == pytest.approx(right, rel=1e-9, abs=1e-300)
    right = [(i == 0) - q for i, q in enumerate(p)]
    assert grad(functional.log_softmax(xs)[0], xs) == pytest.approx(right, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("logits", LOGITS)
@pytest.mark.parametrize("loss", [losses.categorical_cross_entropy, losses.sparse_categorical_cross_entropy])
def test_cross_entropy_is_exact_at_large_logits(loss, logits):
    xs = [Value(x) for x in logits]
    target = [Value(float(i == 0), requires_grad=False) for i in range(len(xs))]
    y = loss.row(xs, target)
    torch = imported("torch")
    by_torch = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    right = torch.nn.functional.cross_entropy(by_torch[None], torch.tensor([0]))
    right.backward()
    assert y.data == pytest.approx(right.item(), rel=1e-12)
    assert grad(y, xs) == pytest.approx(by_torch.grad.tolist(), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("logits", LOGITS)
def test_the_derivatives_of_logsumexp_are_softmax_at_any_size(logits):
    xs = [Value(x) for x in logits]
    assert logsumexp(xs).local_derivatives == pytest.approx(exact(logits), rel=1e-12, abs=0.0)
    first = grad(logsumexp(xs), xs[0], create_graph=True)
    p = exact(logits)
    assert first.data == pytest.approx(p[0], rel=1e-12)
    right = [p[0] * ((i == 0) - q) for i, q in enumerate(p)]
    assert grad(first, xs) == pytest.approx(right, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("executor", ["numpy", pytest.param("numba", marks=needs("numba"))])
@pytest.mark.parametrize("batch", [1, 300])
def test_programs_are_exact_at_large_logits(executor, batch):
    w = Value(1e16)
    xs = [Value(1e16), Value(1e16)]
    of_softmax = autograd.compile(functional.softmax([xs[0], w * xs[1]])[0], xs, executor=executor)
    rows = [[1e16, 1.0]] * batch
    value, gradient = of_softmax.value_and_grad(rows)
    assert value == pytest.approx(0.5)
    assert gradient == pytest.approx([-0.25])
    of_logsumexp = autograd.compile(logsumexp([xs[0], w * xs[1]]), xs, executor=executor)
    assert of_logsumexp.value_and_grad(rows)[1] == pytest.approx([0.5])
    namespace: dict[str, object] = {}
    exec(of_logsumexp.source(), namespace)
    assert namespace["value_and_grad"]([1e16, 1.0], [1e16]) == (1e16, [0.5])


@pytest.mark.parametrize(
    ("numbers", "right"),
    [
        ([INF, NAN], NAN),
        ([NAN, INF], NAN),
        ([1.0, NAN], NAN),
        ([NAN, 1.0], NAN),
        ([-INF, NAN], NAN),
        ([INF, -INF], INF),
        ([INF, 1.0], INF),
        ([-INF, -INF], -INF),
        ([-INF, 2.0], 2.0),
    ],
)
def test_logsumexp_of_what_is_not_finite_is_as_in_pytorch(numbers, right):
    assert logsumexp([Value(x) for x in numbers]).data == pytest.approx(right, nan_ok=True)
    torch = imported("torch")
    assert torch.logsumexp(torch.tensor(numbers), 0).item() == pytest.approx(right, nan_ok=True)


def test_a_power_whose_slope_is_too_large_for_a_float_has_its_value():
    x = Value(1e-160)
    y = x**-1
    assert y.data == 1e160
    y.backward()
    assert x.grad == -INF
    assert (Value(-1e-130) ** -2.0).local_derivatives[0] == INF
    with pytest.raises(DomainError, match="overflows"):
        Value(1e-160) ** -2.5
    torch = imported("torch")
    by_torch = torch.tensor(1e-160, dtype=torch.float64, requires_grad=True)
    (by_torch**-1).backward()
    assert by_torch.grad.item() == -INF


def test_so_it_has_in_programs(executor):
    x, w = Value(1.0), Value(1e-160)
    value, gradient = autograd.compile(x * w**-1, [x], executor=executor).value_and_grad([[1.0]])
    assert (value, gradient[0]) == (1e160, -INF)


@pytest.mark.parametrize(
    ("f", "of_torch"),
    [
        (relu, lambda torch, x: torch.relu(x)),
        (lambda x: maximum(x, 1.0), lambda torch, x: torch.maximum(x, torch.ones_like(x))),
        (lambda x: maximum(1.0, x), lambda torch, x: torch.maximum(torch.ones_like(x), x)),
        (lambda x: minimum(x, 1.0), lambda torch, x: torch.minimum(x, torch.ones_like(x))),
        (autograd.leaky_relu, lambda torch, x: torch.nn.functional.leaky_relu(x)),
        (autograd.sqrt, lambda torch, x: torch.sqrt(x)),
        (lambda x: x**-1, lambda torch, x: x**-1),
        (lambda x: x**0.5, lambda torch, x: x**0.5),
    ],
)
def test_a_nan_passes_on_the_gradient_as_in_pytorch(f, of_torch):
    x = Value(NAN)
    y = f(x)
    assert math.isnan(y.data)
    y.backward()
    assert x.grad != 0.0
    torch = imported("torch")
    by_torch = torch.tensor(NAN, dtype=torch.float64, requires_grad=True)
    of_torch(torch, by_torch).backward()
    assert x.grad == pytest.approx(by_torch.grad.item(), nan_ok=True)


def test_abs_of_nan_has_a_nan_slope():
    assert math.isnan(abs(Value(NAN)).local_derivatives[0])
    assert abs(Value(0.0)).local_derivatives == (0.0,)


@pytest.mark.parametrize("executor", ["numpy", pytest.param("numba", marks=needs("numba"))])
@pytest.mark.parametrize("batch", [1, 300])
def test_relu_and_its_slope_in_programs(executor, batch):
    x, w = Value(1.0), Value(1.0)
    program = autograd.compile(relu(x * w), [x], executor=executor)
    for number, slope in ((2.0, 2.0), (-2.0, 0.0), (0.0, 0.0)):
        assert program.value_and_grad([[number]] * batch)[1] == pytest.approx([slope])
