"""The three classic models, each one layer and the loss that belongs to it by maximum likelihood."""

from __future__ import annotations

from nn.checks import whole_from
from nn.layers import Layer
from nn.losses import Loss, binary_cross_entropy, mean_squared_error, sparse_categorical_cross_entropy


class LinearRegression(Layer):
    """y = w·x + b, trained by mean squared error: the likeliest line under normal noise. Starts at w = 0, b = 0.

    >>> from nn import fit, optim
    >>> model = LinearRegression(1)
    >>> history = fit(model, [[0.0], [1.0]], [1.0, 3.0], loss=model.loss, optimizer=optim.SGD(lr=0.5), epochs=200)
    >>> round(model.neurons[0].w[0].data, 6), round(model.neurons[0].b.data, 6)
    (2.0, 1.0)
    """

    loss: Loss = mean_squared_error

    def __init__(self, inputs: int, outputs: int = 1) -> None:
        super().__init__(inputs, outputs, initialization="zeros")


class LogisticRegression(Layer):
    """P(class 1) = sigmoid(w·x + b), trained by binary cross entropy, which is convex in w and b. Starts at ½.

    >>> LogisticRegression(2)([3.0, -1.0]).data
    0.5
    """

    loss: Loss = binary_cross_entropy

    def __init__(self, inputs: int) -> None:
        super().__init__(inputs, 1, "sigmoid", initialization="zeros")


class SoftmaxRegression(Layer):
    """Logits z = Wx + b, one for each class, P(class k) = softmax(z)ₖ, trained by cross entropy from the logits.

    >>> from nn import functional
    >>> [p.data for p in functional.softmax(SoftmaxRegression(1, 4)([3.0]))]
    [0.25, 0.25, 0.25, 0.25]
    """

    loss: Loss = sparse_categorical_cross_entropy

    def __init__(self, inputs: int, classes: int) -> None:
        classes = whole_from(classes, 2, "the number of classes that softmax regression chooses among")
        super().__init__(inputs, classes, initialization="zeros")
