// All numbers in a table that follows the steps, gradients with the terms they are the sum of. Built when opened.

function table(s) {
  const body = make("tbody");
  const head = ["name", "made by", "value", "gradient"].map(text => make("th", { scope: "col" }, text));
  const element = make(
    "details",
    { className: "gw-table" },
    make("summary", {}, "All values and gradients"),
    make(
      "div",
      { tabIndex: 0, role: "group", "aria-label": "All values and gradients" },
      make("table", {}, make("thead", {}, make("tr", {}, ...head)), body),
    ),
  );
  const rows = [];
  const build = () => {
    if (!element.open || rows.length) return;
    const { nodes, kinds } = s.graph;
    for (const node of nodes) {
      const value = make("data");
      const gradient = make("data");
      const change = make("small");
      const sum = make("small");
      const made = node.gate
        ? applied(
            kinds[node.gate],
            node.of.map(i => nodes[i].name),
          )
        : node.constant
          ? "constant"
          : "input";
      body.append(
        make(
          "tr",
          {},
          make("th", { scope: "row" }, node.name),
          make("td", {}, made),
          make("td", {}, value, change),
          make("td", {}, gradient, sum),
        ),
      );
      rows.push({ value, gradient, change, sum });
    }
    update(s.frame);
  };
  const put = (cell, x) => {
    const text = x === undefined ? "" : format(x);
    cell.textContent = text;
    cell.value = x === undefined ? "" : Object.is(x, -0) ? "-0" : String(x);
    cell.title = x === undefined ? "" : precise(x);
  };
  const update = frame =>
    rows.forEach(({ value, gradient, change, sum }, i) => {
      const moved = frame.values[i] - s.original.values[i];
      put(value, frame.known[i] ? frame.values[i] : undefined);
      change.textContent = frame.known[i] && moved ? ` (${signed(moved)})` : "";
      put(gradient, frame.grads[i]);
      sum.textContent = frame.terms[i].length > 1 ? ` ${summed(frame.terms[i], frame.grads[i], true)}` : "";
    });
  element.addEventListener("toggle", build);
  return { element, update };
}
