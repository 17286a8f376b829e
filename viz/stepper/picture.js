// The picture: the SVG that Python drew, its texts and wires filled and lit step by step. Nothing is laid out here.
//
// A view tells how the picture maps to the graph: {nets: {key: place}, wires: {key: [[gate, operand], ...]}, groups:
// {key: [place, ...]}}; keys are those of the SVG's data attributes.

function picture(s) {
  const holder = make("div", { className: "gw-picture", tabIndex: 0, role: "group", "aria-label": "Picture of the graph" });
  let painted = () => {};
  const put = (svg, view) => {
    holder.replaceChildren(svg);
    painted = painter(s, svg, view);
  };
  put(svgOf(s.root.querySelector("img")), s.graph.view);
  return { element: holder, update: frame => painted(frame) };
}

// The image's own SVG, alive: it stands in the page once, as the image's address.
function svgOf(image) {
  const bytes = Uint8Array.from(atob(image.src.split(",")[1]), c => c.charCodeAt(0));
  return document.importNode(new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml").documentElement, true);
}

function painter(s, svg, { nets, wires, groups }) {
  const all = selector => [...svg.querySelectorAll(selector)], key = element => element.dataset.node;
  const keysOf = element => element.dataset.wires?.split(" ") ?? [];
  const places = element => groups[key(element)] ?? [nets[key(element)]];
  const uses = element => keysOf(element).flatMap(wire => wires[wire]);
  const { width } = svg.viewBox.baseVal;
  Object.assign(svg.style, { width: "100%", maxWidth: `${width}px`, minWidth: `${Math.round(0.55 * width)}px` });

  // Each text with the number it shows in a frame; undefined for none yet.
  const texts = [
    ...all("text.value[data-node]").filter(e => nets[key(e)] !== undefined).map(e => [e, f => f.known[nets[key(e)]] ? f.values[nets[key(e)]] : undefined, "", "?"]),
    ...all("text.gradient[data-node]").filter(e => nets[key(e)] !== undefined).map(e => [e, f => f.grads[nets[key(e)]], "", ""]),
    ...all("text.local[data-wires]").map(e => [e, f => uses(e).every(([gate]) => f.known[gate]) ? total(uses(e).map(([gate, slot]) => f.locals[gate][slot])) : undefined, "×", ""]),
    ...all("text.contribution[data-wires]").map(e => [e, f => total(uses(e).map(([gate, slot]) => f.amounts.get(`${gate}:${slot}`))), "", ""]),
  ].map(([element, number, sign, none]) => ({ element, number, sign, none, shown: NaN }));
  const shapes = all("g.node[data-node]").map(element => ({ element, places: places(element) }));
  const stretches = all("path.wire").map(element => ({ element, net: nets[element.dataset.net], uses: uses(element) }));

  for (const { element, places: [place] } of shapes)
    if (!groups[key(element)] && !s.graph.nodes[place].gate && (!s.graph.nodes[place].constant || s.graph.nodes[place].given)) draggable(s, element, place);

  return frame => {
    const { step } = frame, active = step.kind === "inputs" ? undefined : step.node;
    const works = step.kind === "forward" || step.kind === "backward";
    for (const text of texts) {
      const x = text.number(frame);
      if (!Object.is(x, text.shown)) write(text, x);
    }
    const broken = wrongOnes(s, frame);
    for (const text of texts) if (text.element.matches(".gradient")) text.element.classList.toggle("gw-wrong", broken.has(nets[key(text.element)]));
    for (const { element, places } of shapes) {
      element.classList.toggle("gw-lit", places.includes(active));
      element.classList.toggle("gw-unknown", !places.some(i => frame.known[i]));
    }
    for (const { element, net, uses } of stretches) {
      element.classList.toggle("gw-lit", uses.length ? works && uses.some(([gate]) => gate === active) : net === active);
      element.classList.toggle("gw-unknown", net !== undefined && !frame.known[net]);
    }
  };
}

// Where a wire stands for several uses, what they carry together; undefined until one is there.
const total = numbers => numbers.reduce((sum, x) => x === undefined ? sum : (sum ?? 0) + x, undefined);

function write(text, x) {
  const { element, sign, none } = text, title = element.querySelector("title");
  text.shown = x;
  element.firstChild.data = x === undefined ? none : sign + format(x);
  if (title) title.textContent = x === undefined ? "" : precise(x);
  element.classList.toggle("gw-empty", x === undefined);
  // The layout keeps room for numbers of up to nine signs: the few that are longer are set smaller.
  element.style.fontSize = element.textContent.length > 10 ? "80%" : "";
}

// At the end of a broken pass: which gradients are not what they should be.
const wrongOnes = (s, { at, steps }) => new Set(at === steps.length - 1 ? wrongGradients(s) : []);
