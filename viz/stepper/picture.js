// The picture: the SVG that Python drew, its texts and wires filled and lit step by step. Nothing is laid out here.
//
// A map tells how the picture stands for the graph: {nets: {key: place}, wires: {key: [[gate, operand], ...]}, groups:
// {key: {places, scope}}, frames: {key: scope}, open}; keys are those of the SVG's data attributes. Keys that say it all
// themselves are left out: n5 carries the value of node 5, w5.1 is its operand 1.

function picture(s) {
  const holder = make("div", {
    className: "gw-picture",
    tabIndex: 0,
    role: "group",
    "aria-label": "Picture of the graph",
  });
  let painted = () => {};
  views(s, (svg, map) => {
    holder.replaceChildren(svg);
    painted = painter(s, svg, map);
    if (s.frame) painted(s.frame);
  });
  return { element: holder, update: frame => painted(frame) };
}

function painter(s, svg, { nets, wires, groups }) {
  const all = selector => [...svg.querySelectorAll(selector)];
  const key = element => element.dataset.node;
  const net = key => (/^n\d+$/.test(key) ? Number(key.slice(1)) : nets[key]);
  const uses = element =>
    (element.dataset.wires?.split(" ") ?? []).flatMap(wire => wires[wire] ?? [wire.slice(1).split(".").map(Number)]);
  const { width } = svg.viewBox.baseVal;
  Object.assign(svg.style, { width: "100%", maxWidth: `${width}px`, minWidth: `${Math.round(0.8 * width)}px` });
  svg.setAttribute("role", "group");
  const described = description(s, svg.querySelector("desc"));
  const tooltips = all("g.node > title").flatMap(title => {
    const place = net(key(title.parentElement));
    return groups[key(title.parentElement)] ? [] : [tooltip(s, title, place)];
  });

  // Each text with the number it shows in a frame, undefined for none yet; shapes and wires with what lights them.
  const text = (element, number, sign = "", none = "") => ({
    element,
    number,
    sign,
    none,
    shown: NaN,
    terms: () => [],
  });
  const ofNet = (selector, number, none) =>
    all(selector)
      .filter(e => net(key(e)) !== undefined)
      .map(e => text(e, number(net(key(e))), "", none));
  const ofUses = (selector, number, sign) => all(selector).map(e => text(e, number(uses(e)), sign));
  const gradients = ofNet("text.gradient", i => frame => frame.grads[i]);
  for (const each of gradients) {
    const place = net(key(each.element));
    each.terms = frame => frame.terms[place];
  }
  const texts = [
    ...gradients,
    ...ofNet("text.value", i => frame => (frame.known[i] ? frame.values[i] : undefined), "?"),
    ...ofUses(
      "text.local",
      uses => frame => (frame.known[uses[0][0]] ? total(uses, (gate, slot) => frame.locals[gate][slot]) : undefined),
      "×",
    ),
    ...ofNet("text.name", i => frame => (frame.known[i] ? frame.values[i] : undefined)).map(named),
    ...ofUses("text.contribution", uses => frame => total(uses, (gate, slot) => frame.amounts.get(`${gate}:${slot}`))),
  ];
  // What lights up: a shape with its gate, a trunk with the gate it leaves, a branch with the gates it leads to. What
  // was set last is remembered, for pictures have thousands of parts, and asking the page for each takes too long.
  const part = (element, places, gates, operands = []) => ({
    element,
    places,
    gates: new Set(gates),
    branch: operands.length > 0,
    back: new Set(operands.flatMap(([gate, slot]) => (isConstant(s.graph, gate, slot) ? [] : [gate]))),
    lit: false,
    unknown: false,
  });
  const shapes = all("g.node").map(element => {
    const places = groups[key(element)]?.places ?? [net(key(element))];
    return part(element, places, places);
  });
  const stretches = all("path.wire").map(element => {
    const place = net(element.dataset.net);
    const operands = uses(element);
    const gates = operands.map(([gate]) => gate);
    return part(
      element,
      place === undefined ? [] : [place],
      gates.length || place === undefined ? gates : [place],
      operands,
    );
  });

  for (const {
    element,
    places: [place],
  } of shapes)
    if (!groups[key(element)] && editable(s.graph.nodes[place])) draggable(s, element, place);

  let active;
  return frame => {
    const { step, known } = frame;
    const works = step.kind === "forward" || step.kind === "backward";
    const back = step.kind === "backward";
    const wrong = wrongOnes(s, frame);
    for (const text of texts) write(text, text.number(frame), text.terms(frame));
    for (const told of [...tooltips, described]) told(frame);
    for (const { element } of gradients) element.classList.toggle("gw-wrong", wrong.has(net(key(element))));
    for (const part of [...stretches, ...shapes]) {
      const lit = (back && part.branch ? part.back : part.gates).has(step.node) && (works || !part.branch);
      const unknown = part.places.length > 0 && !part.places.some(i => known[i]);
      if (lit !== part.lit) part.element.classList.toggle("gw-lit", (part.lit = lit));
      if (unknown !== part.unknown) part.element.classList.toggle("gw-unknown", (part.unknown = unknown));
    }
    const at = shapes.find(shape => shape.lit);
    if (at && at !== active) follow(at.element);
    if (step.kind === "inputs" && active) svg.closest(".gw-picture")?.scrollTo(0, 0);
    active = at;
  };
}

// A picture wider than its place follows the steps, inside that place: what is around it stays where it is. The numbers
// beside a gate are to be seen too.
function follow(element) {
  const holder = element.closest(".gw-picture");
  const inside = holder.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  const [across, down] = [Math.min(110, inside.width / 4), Math.min(30, inside.height / 4)];
  const seen =
    box.left - across >= inside.left &&
    box.right + across <= inside.right &&
    box.top - down >= inside.top &&
    box.bottom + down <= inside.bottom;
  if (seen) return;
  holder.scrollBy(
    (box.left + box.right - inside.left - inside.right) / 2,
    (box.top + box.bottom - inside.top - inside.bottom) / 2,
  );
}

// Where a wire stands for several uses, what they carry together; undefined until one is there.
const total = (uses, carried) =>
  uses.reduce((sum, use) => {
    const x = carried(...use);
    return x === undefined ? sum : (sum ?? 0) + x;
  }, undefined);

function write(text, x, terms) {
  if (Object.is(x, text.shown) && terms.length < 2) return;
  const { element, sign, none } = text;
  const title = element.querySelector("title");
  text.shown = x;
  if (title)
    title.textContent = x === undefined ? "" : terms.length > 1 ? summedInFull(terms, x) : precise(x);
  if (text.words) return;
  element.firstChild.data = x === undefined ? none : sign + format(x);
  element.classList.toggle("gw-empty", x === undefined);
  // The layout keeps room for numbers of up to nine signs: the few that are longer are set smaller.
  element.style.fontSize = element.firstChild.data.length > 10 ? "80%" : "";
}

// A name's own words stay, and only its tooltip tells the number.
const named = text => ({ ...text, words: true });

const isConstant = ({ nodes }, gate, slot) => Boolean(nodes[nodes[gate].of[slot]].constant);

// A node's tooltip: what Python wrote of the gate, and the numbers that are there in a frame, and none that are not.
function tooltip(s, title, place) {
  const lines = title.textContent.split("\n");
  const from = lines.findLastIndex(line => line.startsWith("value "));
  const to = lines[from + 1]?.startsWith("gradient ") ? from + 2 : from + 1;
  let shown = [NaN, NaN];
  return frame => {
    const now = [frame.known[place] ? frame.values[place] : undefined, frame.grads[place]];
    if (now.every((x, i) => Object.is(x, shown[i]))) return;
    shown = now;
    const numbers = now.flatMap((x, i) => (x === undefined ? [] : [`${["value", "gradient"][i]} ${precise(x)}`]));
    title.textContent = [...lines.slice(0, from), ...numbers, ...lines.slice(to)].join("\n");
  };
}

// The picture in words: how large the graph is, as Python says it, and the numbers that are there in a frame.
function description(s, element) {
  const { nodes, output } = s.graph;
  const [size] = element.textContent.split(/[;.]/);
  const leaves = [...nodes.keys()].filter(i => !nodes[i].gate && !nodes[i].constant).slice(0, 12);
  return ({ known, values, grads }) => {
    const says = [size];
    if (known[output]) says.push(`the output ${nodes[output].name} is ${format(values[output])}`);
    for (const i of leaves)
      says.push(
        `${nodes[i].name} = ${format(values[i])}${grads[i] === undefined ? "" : ` has gradient ${format(grads[i])}`}`,
      );
    element.textContent = `${says.join("; ")}.`;
  };
}

// At the end of a broken pass: which gradients are not what they should be.
const wrongOnes = (s, { at, step, steps }) =>
  new Set(step.kind !== "python" && steps.slice(at + 1).every(later => later.kind === "python") ? wrongGradients(s) : []);
