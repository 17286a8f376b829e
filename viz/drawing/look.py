"""The look of a picture: what of the options decides how the parts of its diagram are drawn, whatever they show."""

from __future__ import annotations

from collections.abc import Callable

from viz.diagram.model import Diagram, Net, Wire
from viz.drawing.choices import Options
from viz.options import MagnitudeName, choose
from viz.styles.pen import Look, width_of

#: What may set the width of wires, and which of a net's spans that is.
MAGNITUDES: dict[MagnitudeName, int] = {"value": 0, "gradient": 1}


def look_of(diagram: Diagram, options: Options) -> Look:
    """The look of a diagram of nodes and wires: wide and narrow wires, and pale parts where others are highlighted.

    Raises ValueError for a magnitude that does not exist, or that the diagram does not have.
    """
    magnitude = _magnitude(options.magnitude, diagram)
    net_width, wire_width = _widths(magnitude)
    highlighted = diagram.highlighted
    return Look(
        options.digits,
        options.direction,
        options.local,
        options.room,
        dot=5.0 if options.style == "compact" else 8.0,
        on_wires=options.style != "record" and _has_values(diagram),
        net_width=net_width,
        wire_width=wire_width,
        magnitude=magnitude,
        pale=(lambda key: key not in highlighted) if highlighted else (lambda key: False),
    )


def plain_look(_: Diagram, options: Options) -> Look:
    """The look of a picture that is made of lines of its own: number format and direction alone."""
    return Look(options.digits, options.direction)


def _has_values(diagram: Diagram) -> bool:
    return any(net.data is not None or net.spans[0] for net in diagram.nets)


def _has_gradients(diagram: Diagram) -> bool:
    return any(net.grad is not None or net.spans[1] for net in diagram.nets)


def _magnitude(asked: MagnitudeName | bool, diagram: Diagram) -> MagnitudeName | None:
    """What sets the widths, None for nothing: gradients if asked for something and they are shown, else values."""
    if asked is False:
        return None
    shown = _has_gradients(diagram)
    if asked is True:
        return "gradient" if shown else "value"
    choose("magnitude", asked, MAGNITUDES)
    if asked == "gradient" and not shown:
        raise ValueError(
            "magnitude='gradient' has no gradients to show: call .backward() first, or let gradients=True show those "
            "there are"
        )
    return asked


def _widths(magnitude: MagnitudeName | None) -> tuple[Callable[[Net], float], Callable[[Wire], float]]:
    """The widths of nets and wires: all alike, or by the size of what `magnitude` names."""
    if magnitude is None:
        return (lambda net: 1.5), (lambda wire: 1.5)

    def size(net: Net) -> float | None:
        span = net.spans[MAGNITUDES[magnitude]]
        return max(map(abs, span)) if span else net.grad if magnitude == "gradient" else net.data

    def wire_width(wire: Wire) -> float:
        shared = magnitude == "gradient" and wire.amount is not None
        return width_of(wire.amount if shared else size(wire.net))

    return (lambda net: width_of(size(net))), wire_width
