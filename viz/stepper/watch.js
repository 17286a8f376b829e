// Training, epoch by epoch: what the model says everywhere, the loss, every weight and every gradient.

async function start(root) {
  const record = JSON.parse(await unpacked(JSON.parse(root.dataset.graph).packed));
  const { frames } = record;
  // Numbers that JSON doesn't know come as text.
  for (const frame of frames)
    for (const [name, x] of Object.entries(frame))
      if (Array.isArray(x)) frame[name] = x.map(Number);
      else if (name === "loss" || name === "held") frame[name] = Number(x);
  const s = {
    at: frames.length - 1,
    last: () => frames.length - 1,
    next: () => s.go(s.at + 1),
    back: () => s.go(s.at - 1),
  };
  const says = make("p", { className: "gw-says", "aria-live": "polite", "aria-atomic": "true" });
  const epochs = bar(s, "Epoch");
  const squares = ["weights", "gradients"].map(what => hinton(root, record, what));
  const pair = {
    element: make("div", { className: "gw-pair" }, ...squares.map(panel => panel.element)),
    update: frame => squares.forEach(panel => panel.update(frame)),
  };
  const panels = [record.field && field(root, record), losses(root, record), pair].filter(Boolean);
  const numbers = parameters(record);
  const shown = [...panels, numbers];
  s.go = at => {
    s.at = Math.min(Math.max(Math.round(at), 0), s.last());
    const frame = frames[s.at];
    for (const panel of shown) panel.update(frame, s.at);
    says.textContent = told(record, frame);
    epochs.update(s.at, `epoch ${frame.epoch}`, `epoch ${frame.epoch}, loss ${format(frame.loss)}`);
  };
  root.replaceChildren(
    make("style", {}, STYLE),
    epochs.element,
    ...(record.diverged ? [make("p", { className: "gw-mark" }, record.diverged)] : []),
    says,
    make("div", { className: "gw-panels" }, ...panels.map(panel => panel.element)),
    numbers.element,
  );
  keys(root, s);
  followTheme(root, () => s.go(s.at));
}

// An epoch in words: the loss, and the parameters that are largest and that are pulled hardest.
function told({ names }, { epoch, loss, held, weights, gradients }) {
  const largest = numbers => numbers.reduce((best, x, i) => (Math.abs(x) > Math.abs(numbers[best]) ? i : best), 0);
  const w = largest(weights);
  const g = largest(gradients);
  return `${epoch ? `After epoch ${epoch}` : "Before training"}: loss ${format(loss)}${held === undefined ? "" : `, held out ${format(held)}`}. Largest weight: ${names[w]} = ${format(weights[w])}; largest gradient: ${format(gradients[g])} at ${names[g]}.`;
}

const panel = (title, ...inside) => make("figure", { className: "gw-panel" }, make("figcaption", {}, title), ...inside);
const colour = (root, name) => getComputedStyle(root).getPropertyValue(`--gw-${name}`);

// A canvas that is sharp on every screen; `draw` is given its context, in CSS pixels.
function canvas(width, height, label) {
  const element = make("canvas", { role: "img", "aria-label": label });
  const scale = Math.max(devicePixelRatio || 1, 1);
  Object.assign(element, { width: width * scale, height: height * scale });
  Object.assign(element.style, { width: `${width}px`, maxWidth: "100%", aspectRatio: `${width} / ${height}` });
  const context = element.getContext("2d");
  context.scale(scale, scale);
  return { element, context };
}

// The loss curve is Python's picture; a line marks the epoch.
function losses(root, { chart, frames }) {
  const svg = svgFrom(unbase64(root.querySelector("img").src.split(",")[1]));
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "line");
  for (const [name, x] of Object.entries({ class: "mark", y1: chart.top, y2: chart.bottom }))
    mark.setAttribute(name, x);
  svg.append(mark);
  const across = epoch => chart.left + ((chart.right - chart.left) * epoch) / Math.max(frames.at(-1).epoch, 1);
  return {
    element: panel(frames.some(frame => frame.held !== undefined) ? "Loss (dashed: held out)" : "Loss", svg),
    update: ({ epoch }) => {
      mark.setAttribute("x1", across(epoch));
      mark.setAttribute("x2", across(epoch));
    },
  };
}

// Every parameter a square (Hinton's diagram): its area the size, filled for positive, hollow for negative.
function hinton(root, record, what) {
  const { matrices, frames, names } = record;
  // The largest, but at most ten times the median of the epochs' largest: where a training diverged, the epochs before
  // are to be seen too.
  const peaks = frames.map(frame => Math.max(0, ...frame[what].map(Math.abs).filter(Number.isFinite)));
  const largest = Math.max(...peaks);
  const median = [...peaks].sort((a, b) => a - b)[Math.floor(peaks.length / 2)];
  const most = Math.min(largest, 10 * median || largest) || 1;
  const widest = Math.max(...matrices.flatMap(m => m.rows.map(row => row.length)));
  const rows = matrices.reduce((n, m) => n + m.rows.length, 0);
  const cell = Math.max(4, Math.min(24, Math.floor(360 / widest), Math.floor(420 / rows)));
  const head = 18;
  const cells = [];
  let y = 0;
  const heads = matrices.map(m => {
    const at = y;
    m.rows.forEach((row, r) => row.forEach((i, c) => cells.push({ i, x: c * cell, y: at + head + r * cell })));
    y += head + m.rows.length * cell + 6;
    return at;
  });
  const { element, context } = canvas(
    Math.max(widest * cell, 170),
    y,
    `Each of the ${what} as a square; the table below has the numbers`,
  );
  const told = make("p", { className: "gw-cell" });
  const limits = `largest ${format(largest)}${most < largest ? `, a full square is ${format(most)} or more` : ""}`;
  let frame;
  const say = found => {
    told.textContent =
      found === undefined ? `${limits}; filled +, hollow −` : `${names[found]}: ${format(frame[what][found])}`;
  };
  element.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    const scale = y / element.clientHeight;
    const [px, py] = [offsetX * scale, offsetY * scale];
    say(cells.find(c => px >= c.x && px < c.x + cell && py >= c.y && py < c.y + cell)?.i);
  });
  element.addEventListener("pointerleave", () => say());
  say();
  const update = now => {
    frame = now;
    context.clearRect(0, 0, 2000, y);
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = colour(root, "local");
    matrices.forEach((m, n) => context.fillText(m.title, 0, heads[n] + 13));
    context.fillStyle = context.strokeStyle = colour(root, what === "weights" ? "value" : "gradient");
    for (const { i, x, y } of cells) {
      if (Number.isNaN(now[what][i])) {
        context.fillText("×", x + cell / 2 - 3.5, y + cell / 2 + 4);
        continue;
      }
      const side = Math.max(1, (cell - 2) * Math.sqrt(Math.min(Math.abs(now[what][i]) / most, 1)));
      const at = (cell - side) / 2;
      if (now[what][i] >= 0) context.fillRect(x + at, y + at, side, side);
      else context.strokeRect(x + at + 0.5, y + at + 0.5, Math.max(side - 1, 0.5), Math.max(side - 1, 0.5));
    }
  };
  return { element: panel(what === "weights" ? "Weights" : "Gradients, over all rows", element, told), update };
}

// All numbers of the epoch, for those who read them.
function parameters({ names }) {
  const body = make("tbody");
  const element = make(
    "details",
    { className: "gw-table" },
    make("summary", {}, "All weights and gradients"),
    make(
      "div",
      { tabIndex: 0, role: "group", "aria-label": "All weights and gradients" },
      make(
        "table",
        {},
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            ...["parameter", "", "value", "gradient"].map(text =>
              make(text ? "th" : "td", text ? { scope: "col" } : {}, text),
            ),
          ),
        ),
        body,
      ),
    ),
  );
  let rows = [];
  let frame;
  const update = now => {
    frame = now;
    rows.forEach((cells, i) =>
      ["weights", "gradients"].forEach((what, k) => {
        cells[k].textContent = format(frame[what][i]);
        cells[k].value = String(frame[what][i]);
      }),
    );
  };
  element.addEventListener("toggle", () => {
    if (!element.open || rows.length) return;
    rows = names.map(name => {
      const cells = [make("data"), make("data")];
      body.append(
        make("tr", {}, make("th", { scope: "row" }, name), make("td"), ...cells.map(cell => make("td", {}, cell))),
      );
      return cells;
    });
    update(frame);
  });
  return { element, update };
}
