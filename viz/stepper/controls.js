// Stepping: buttons, slider, the place in the pass, and the sentence that says what just happened.

function controls(s) {
  const button = (press, ...texts) => make("button", { type: "button", onclick: press }, ...texts);
  const sign = text => make("span", { "aria-hidden": "true" }, text);
  const first = button(() => s.go(0), "Start"), back = button(s.back, sign("◂ "), "Back");
  const next = button(s.next, "Next", sign(" ▸")), end = button(() => s.go(s.last()), "End");
  const slider = make("input", { type: "range", min: 0, step: 1, "aria-label": "Step", oninput: () => s.go(slider.valueAsNumber) });
  const place = make("span", { className: "gw-place" });
  const says = make("p", { className: "gw-says", "aria-live": "polite", "aria-atomic": "true" });
  const bar = make("div", { className: "gw-bar", role: "group", "aria-label": "Step through the passes" }, first, back, next, end, slider, place);
  const update = ({ at, part, steps }) => {
    const last = steps.length - 1, seed = steps.findIndex(step => step.kind === "seed");
    slider.max = last;
    slider.value = at;
    slider.style.setProperty("--turn", `${(100 * (seed - 0.5)) / last}%`);
    slider.setAttribute("aria-valuetext", `${at} of ${last}: ${sentence(s.graph, s.play, steps[at])}`);
    place.textContent = `${at} / ${last}`;
    // A button that is pressed for the last time keeps the focus: it is told to be off, not taken away.
    for (const [off, buttons] of [[at === 0 && !part, [first, back]], [at === last, [next, end]]])
      for (const b of buttons) b.setAttribute("aria-disabled", off);
    if (says.textContent !== s.message) says.textContent = s.message;
    s.root.dataset.phase = steps[at].kind;
  };
  return { element: make("div", { className: "gw-controls" }, says, bar), update };
}
