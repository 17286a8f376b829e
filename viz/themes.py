"""Colours. Each text's contrast with the background is at least 5:1, and blue and orange stay apart for every common
colour blindness; sign and meaning are never told by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark", "print"]


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one look. `ink` draws shapes and names, `wire` wires, `local` local derivatives; `valuetint` and
    `gradienttint` lie behind the numbers of one step of a pass."""

    name: ThemeName
    background: str
    ink: str
    wire: str
    value: str
    gradient: str
    valuetint: str
    gradienttint: str
    local: str
    gate: str
    leaf: str
    constant: str
    group: str
    frame: str
    positive: str
    negative: str

    def tint(self, lit: str) -> str:
        """What lies behind a lit value, or behind a lit gradient."""
        return self.valuetint if lit == "value" else self.gradienttint

    def fill(self, kind: str) -> str:
        """The colour a node of that kind is filled with."""
        return {"gate": self.gate, "leaf": self.leaf, "constant": self.constant}.get(kind, self.group)


#: The themes by name.
THEMES: dict[ThemeName, Theme] = {
    "light": Theme(
        name="light",
        background="#ffffff",
        ink="#1f2328",
        wire="#57606a",
        value="#005A8F",
        gradient="#B34700",
        valuetint="#DDECF7",
        gradienttint="#FDE8D8",
        local="#656d76",
        gate="#ffffff",
        leaf="#eaf3fb",
        constant="#f3f4f6",
        group="#eef0f3",
        frame="#8c959f",
        positive="#005A8F",
        negative="#B34700",
    ),
    "dark": Theme(
        name="dark",
        background="#1e1e1e",
        ink="#e6edf3",
        wire="#9aa4af",
        value="#6CB8F0",
        gradient="#FF9E57",
        valuetint="#14344A",
        gradienttint="#4A2A12",
        local="#a8b1ba",
        gate="#1e1e1e",
        leaf="#16334a",
        constant="#2b2f34",
        group="#2d3238",
        frame="#77808a",
        positive="#6CB8F0",
        negative="#FF9E57",
    ),
    "print": Theme(
        name="print",
        background="#ffffff",
        ink="#000000",
        wire="#000000",
        value="#000000",
        gradient="#000000",
        valuetint="#e4e4e4",
        gradienttint="#e4e4e4",
        local="#404040",
        gate="#ffffff",
        leaf="#ffffff",
        constant="#ffffff",
        group="#f2f2f2",
        frame="#707070",
        positive="#000000",
        negative="#000000",
    ),
}

#: Colours of several things of one kind, that stay apart for every common colour blindness (Okabe & Ito 2008), at
#: least 3:1 on white and on the dark background.
SEVERAL = {
    "light": ("#005A8F", "#B34700", "#00795A", "#9E4A82", "#7A6A00", "#1f2328", "#3B6FD4"),
    "dark": ("#6CB8F0", "#FF9E57", "#3FC9A2", "#E59BC6", "#E0CF4A", "#e6edf3", "#8FA8FF"),
}
