// Stepping: the place in the passes, and the sentence that says what just happened.

function controls(s) {
  const mark = make("p", { className: "gw-mark" });
  const says = make("p", { className: "gw-says", "aria-live": "polite", "aria-atomic": "true" });
  const steps = bar(s, "Step");
  const update = frame => {
    const { at, part } = frame;
    const last = s.last();
    const seed = frame.steps.findIndex(step => step.kind === "seed");
    steps.slider.style.setProperty("--turn", `${(100 * (seed - 0.5)) / last}%`);
    steps.update(
      at,
      `${at} / ${last}`,
      `${at} of ${last}: ${s.sentence(frame.steps[at])}`,
      at > 0 || part > 0,
    );
    if (says.textContent !== s.message) says.textContent = s.message;
    mark.textContent = s.mark ?? "";
    mark.hidden = !s.mark;
    s.root.dataset.phase = frame.steps[at].kind;
  };
  return { element: make("div", {}, mark, says, steps.element), update };
}
