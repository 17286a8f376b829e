// The stepper wired to Python: an edit goes to the Values, and what holds there comes back, whole, in every view.

function live({ model, el }) {
  el.innerHTML = model.get("html");
  const root = el.querySelector(".gw");
  // Page and script were made together; a widget that was kept, or a newer kernel, may bring data of another version.
  const other = [JSON.parse(root.dataset.graph), model.get("state")].find(({ version }) => version !== VERSION);
  if (other) {
    el.prepend(make("p", { role: "alert" }, outdated(other.version)));
    return;
  }
  const view = String(Math.random());
  let sent = 0;
  const plain = x => (x === undefined ? null : Number.isFinite(x) ? x : String(x));
  const s = start(root, {
    edited: inputs => {
      sent += 1;
      model.set("edited", { view, serial: sent, numbers: inputs.map(plain) });
      model.save_changes();
    },
  });
  const numbers = all => all?.map(x => (x === null ? undefined : Number(x)));
  const take = () => {
    const { version, values, gradients, mark, answers } = model.get("state");
    if (version !== VERSION) return s.say(outdated(version));
    // The answer to an edit that was followed by another one: that one's answer is on its way.
    if (answers?.view === view && answers.serial < sent) return;
    s.mirror({ values: numbers(values), gradients: numbers(gradients), mark });
  };
  model.on("change:state", take);
  take();
  return () => model.off("change:state", take);
}

const outdated = version =>
  `This stepper reads data of version ${VERSION}, but was given version ${version ?? "0"}: run the cell that shows it again.`;
