// The stepper wired to Python: an edit goes to the Values, and what holds there comes back, whole, in every view.

function live({ model, el }) {
  el.innerHTML = model.get("html");
  const view = String(Math.random());
  let sent = 0;
  const plain = x => (x === undefined ? null : Number.isFinite(x) ? x : String(x));
  const s = start(el.querySelector(".gw"), {
    edited: inputs => {
      sent += 1;
      model.set("edited", { view, serial: sent, numbers: inputs.map(plain) });
      model.save_changes();
    },
  });
  const numbers = all => all?.map(x => (x === null ? undefined : Number(x)));
  const take = () => {
    const { values, gradients, mark, answers } = model.get("state");
    // The answer to an edit that was followed by another one: that one's answer is on its way.
    if (answers?.view === view && answers.serial < sent) return;
    s.mirror({ values: numbers(values), gradients: numbers(gradients), mark });
  };
  model.on("change:state", take);
  take();
  return () => model.off("change:state", take);
}
