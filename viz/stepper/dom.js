// What every page of this package is built with.

// Elements in one breath: make("p", { className: "a" }, "text", child). Text is always text, never markup.
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties))
    if (name in element && !name.startsWith("aria")) element[name] = value;
    else element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Buttons and a slider for anything that has a first and a last place: s.go, s.next, s.back, s.last.
function bar(s, what) {
  const button = (press, ...texts) => make("button", { type: "button", onclick: press }, ...texts);
  const sign = text => make("span", { "aria-hidden": "true" }, text);
  const first = button(() => s.go(0), "Start");
  const back = button(s.back, sign("◂ "), "Back");
  const next = button(s.next, "Next", sign(" ▸"));
  const end = button(() => s.go(s.last()), "End");
  const slider = make("input", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": what,
    oninput: () => s.go(slider.valueAsNumber),
  });
  const place = make("span", { className: "gw-place" });
  const element = make(
    "div",
    { className: "gw-bar", role: "group", "aria-label": `${what} by ${what.toLowerCase()}` },
    first,
    back,
    next,
    end,
    slider,
    place,
  );
  const update = (at, text, said, begun = at > 0) => {
    slider.max = s.last();
    slider.value = at;
    slider.setAttribute("aria-valuetext", said);
    place.textContent = text;
    // A button that is pressed for the last time keeps the focus: it is told to be off, not taken away.
    for (const [off, buttons] of [
      [!begun, [first, back]],
      [at === s.last(), [next, end]],
    ])
      for (const b of buttons) b.setAttribute("aria-disabled", off);
  };
  return { element, slider, update };
}

// The same by keys, wherever in the root the focus is, except in fields that want the keys for themselves. A click
// anywhere inside brings the focus here.
//
// A plain key stays in the root: JupyterLab would take `x` for "cut the cell". With Ctrl, Alt or Meta it is the page's,
// to save for example; for these the attribute that holds off JupyterLab's shortcuts is taken away while they pass.
function keys(root, s) {
  root.tabIndex = -1;
  root.addEventListener("keydown", event => {
    const altGraph = event.getModifierState("AltGraph");
    if (!altGraph && (event.altKey || event.ctrlKey || event.metaKey)) {
      root.removeAttribute("data-lm-suppress-shortcuts");
      setTimeout(() => root.setAttribute("data-lm-suppress-shortcuts", "true"));
      return;
    }
    if (event.key !== "Escape") event.stopPropagation();
    const moves = { ArrowRight: s.next, ArrowLeft: s.back, Home: () => s.go(0), End: () => s.go(s.last()) };
    if (event.target.matches("input, select, textarea") || !moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  });
}

// Text from base64, as fast as it goes; and from compressed base64.
function bytesOf(base64) {
  const raw = atob(base64);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}
const unbase64 = base64 => new TextDecoder().decode(bytesOf(base64));
const unpacked = base64 =>
  new Response(new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("gzip"))).text();

function svgFrom(text) {
  const template = document.createElement("template");
  template.innerHTML = text;
  return template.content.firstElementChild;
}
