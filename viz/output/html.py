"""A picture as a page of its own: the SVG inline, to be zoomed and pointed at, and all values in a table."""

from __future__ import annotations

from viz.diagram.model import Diagram
from viz.output.live import live
from viz.output.svg import escaped
from viz.text.numbers import full_precision
from viz.themes import Theme


def table(diagram: Diagram) -> str:
    """The Values that the diagram draws one by one as an HTML table."""
    rows = []
    for net in diagram.nets:
        node = net.source
        if node.value is None:
            continue
        name = net.name or (node.text if node.kind != "gate" else "")
        gate = node.value.gate.name if node.value.gate else node.kind
        grad = "" if net.grad is None else full_precision(net.grad)
        value = "" if node.key in diagram.unknown else full_precision(node.value.data)
        cells = (name, gate, value, grad)
        rows.append("<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in cells) + "</tr>")
    head = "".join(f'<th scope="col">{word}</th>' for word in ("name", "gate", "value", "gradient"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def html(diagram: Diagram, svg: str, theme: Theme) -> str:
    """A complete HTML document that needs nothing else."""
    whole = not any(node.members for node in diagram.nodes)
    summary = "All values" if whole else "The values that are drawn one by one"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escaped(diagram.title)}</title>
<style>
body {{ margin: 1rem; background: {theme.background}; color: {theme.ink}; font-family: Helvetica, Arial, sans-serif; }}
svg {{ max-width: 100%; height: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.2rem 0.8rem 0.2rem 0; text-align: left; }}
</style>
</head>
<body>
{live(svg)}
<p>{escaped(diagram.description)}</p>
<details><summary>{summary}</summary>
{table(diagram)}
</details>
</body>
</html>
"""
