// Wherever this script was put, it starts the roots that wait for it and leaves all others alone.

const PARTS = [picture, controls, predict, inputs, laboratory, table];

function start(root, live) {
  followTheme(root);
  return stepper(root, PARTS, live);
}
