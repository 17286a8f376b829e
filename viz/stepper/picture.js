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
    ...ofUses("text.contribution", uses => frame => total(uses, (gate, slot) => frame.amounts.get(`${gate}:${slot}`))),
  ];
  // What lights up: a shape with its gate, a trunk with the gate it leaves, a branch with the gates it leads to. What
  // was set last is remembered, for pictures have thousands of parts, and asking the page for each takes too long.
  const part = (element, places, gates, branch = false) => ({
    element,
    places,
    gates: new Set(gates),
    branch,
    lit: false,
    unknown: false,
  });
  const shapes = all("g.node").map(element => {
    const places = groups[key(element)]?.places ?? [net(key(element))];
    return part(element, places, places);
  });
  const stretches = all("path.wire").map(element => {
    const place = net(element.dataset.net);
    const gates = uses(element).map(([gate]) => gate);
    return part(
      element,
      place === undefined ? [] : [place],
      gates.length || place === undefined ? gates : [place],
      gates.length > 0,
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
    const wrong = wrongOnes(s, frame);
    for (const text of texts) write(text, text.number(frame), text.terms(frame));
    for (const { element } of gradients) element.classList.toggle("gw-wrong", wrong.has(net(key(element))));
    for (const part of [...stretches, ...shapes]) {
      const lit = part.gates.has(step.node) && (works || !part.branch);
      const unknown = part.places.length > 0 && !part.places.some(i => known[i]);
      if (lit !== part.lit) part.element.classList.toggle("gw-lit", (part.lit = lit));
      if (unknown !== part.unknown) part.element.classList.toggle("gw-unknown", (part.unknown = unknown));
    }
    const at = shapes.find(shape => shape.lit);
    if (at && at !== active) follow(at.element);
    active = at;
  };
}

// A picture wider than its place follows the steps.
function follow(element) {
  const holder = element.closest(".gw-picture");
  const inside = holder.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  if (box.left >= inside.left && box.right <= inside.right && box.top >= inside.top && box.bottom <= inside.bottom)
    return;
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
  if (Object.is(x, text.shown)) return;
  const { element, sign, none } = text;
  const title = element.querySelector("title");
  text.shown = x;
  element.firstChild.data = x === undefined ? none : sign + format(x);
  if (title)
    title.textContent = x === undefined ? "" : terms.length > 1 ? summedInFull(terms, x) : precise(x);
  element.classList.toggle("gw-empty", x === undefined);
  // The layout keeps room for numbers of up to nine signs: the few that are longer are set smaller.
  element.style.fontSize = element.firstChild.data.length > 10 ? "80%" : "";
}

// At the end of a broken pass: which gradients are not what they should be.
const wrongOnes = (s, { at, steps }) => new Set(at === steps.length - 1 ? wrongGradients(s) : []);
