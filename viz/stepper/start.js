// Wherever this script was put, it starts the roots that wait for it and leaves all others alone.

const PARTS = [picture, controls, predict, inputs, laboratory, table];

function start(root, live) {
  const s = stepper(root, PARTS, live);
  root.prepend(make("style", {}, STYLE));
  followTheme(root);
  return s;
}
