// The stepper wired to Python: an edit goes to the Values, and what changes there comes back.

function live({ model, el }) {
  el.innerHTML = model.get("html");
  let busy = false;
  const numbers = () => model.get("numbers").map(Number);
  const s = start(el.querySelector(".gw"), {
    edited: inputs => {
      if (busy) return;
      model.set("edited", {
        numbers: inputs.map(x => (x === undefined ? null : Number.isFinite(x) ? x : String(x))),
        serial: Math.random(),
      });
      model.save_changes();
    },
  });
  const take = () => {
    busy = true;
    s.edit(
      Object.fromEntries(
        numbers()
          .map((x, i) => [i, x])
          .filter(([i]) => !s.graph.nodes[i].gate),
      ),
      "New numbers from Python.",
    );
    busy = false;
  };
  const report = () => {
    const { pass, gradients } = model.get("gradients");
    if (pass) s.report(gradients.map(x => (x === null ? undefined : Number(x))));
  };
  model.on("change:numbers", take);
  model.on("change:gradients", report);
  report();
  return () => {
    model.off("change:numbers", take);
    model.off("change:gradients", report);
  };
}
