// What a model says everywhere: over two inputs as a map with the line where it changes its mind, over one as a curve.

// The byte of a place where the model says nothing that is a number.
const NOTHING = 255;

const SHAPES = [
  (c, x, y) => c.arc(x, y, 4, 0, 7),
  (c, x, y) => polygon(c, x, y, 3, 5.5),
  (c, x, y) => c.rect(x - 3.7, y - 3.7, 7.4, 7.4),
  (c, x, y) => polygon(c, x, y, 4, 5.3),
  (c, x, y) => polygon(c, x, y, 5, 5.3),
];
const polygon = (c, x, y, corners, size) => {
  for (let i = 0; i < corners; i++)
    c.lineTo(x + size * Math.sin((2 * Math.PI * i) / corners), y - size * Math.cos((2 * Math.PI * i) / corners));
  c.closePath();
};

function field(root, record) {
  const { kind, low, high, points, classes, several, size, middle } = record.field;
  const side = 340;
  const title = kind === "curve" ? "What the model says" : "Decision boundary";
  const { element, context } = canvas(side, side, `${title}; ${points.length} rows are drawn over it`);
  const tones = () => several[root.dataset.theme === "dark" ? 1 : 0];
  const across = x => ((x - low[0]) / (high[0] - low[0])) * side;
  const down = y => side - ((y - low[1]) / (high[1] - low[1])) * side;
  const small = document.createElement("canvas");
  small.width = small.height = size;
  const rgb = tone => [1, 3, 5].map(i => parseInt(tone.slice(i, i + 2), 16));

  const paint = bytes => {
    const image = new ImageData(size, size);
    const colours = tones().map(rgb);
    for (let i = 0; i < size * size; i++) {
      if (bytes[i] === NOTHING) continue;
      const level = bytes[i] / 127 - 1;
      const tone = kind === "classes" ? colours[bytes[i] % colours.length] : colours[level > 0 ? 1 : 0];
      const place = 4 * ((size - 1 - Math.floor(i / size)) * size + (i % size));
      image.data.set([...tone, kind === "classes" ? 70 : Math.abs(level) * 140], place);
    }
    small.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = kind !== "classes";
    context.drawImage(small, 0, 0, side, side);
  };
  // Marching squares, one cell after the other: where a cell's sides are crossed, from one crossing to the next.
  const border = bytes => {
    const at = (i, j) => (bytes[j * size + i] === NOTHING ? NaN : bytes[j * size + i] - 126.5);
    const step = side / (size - 1);
    context.beginPath();
    for (let j = 0; j < size - 1; j++)
      for (let i = 0; i < size - 1; i++) {
        const corners = [
          [i, j],
          [i + 1, j],
          [i + 1, j + 1],
          [i, j + 1],
        ];
        const crossed = [];
        corners.forEach(([x, y], n) => {
          const [u, v] = corners[(n + 1) % 4];
          const a = at(x, y);
          const b = at(u, v);
          if (a > 0 !== b > 0 && !Number.isNaN(a + b))
            crossed.push([(x + ((u - x) * a) / (a - b)) * step, side - (y + ((v - y) * a) / (a - b)) * step]);
        });
        for (let n = 0; n + 1 < crossed.length; n += 2) {
          context.moveTo(...crossed[n]);
          context.lineTo(...crossed[n + 1]);
        }
      }
    context.strokeStyle = colour(root, "ink");
    context.lineWidth = 1.8;
    context.stroke();
  };
  const curve = numbers => {
    context.beginPath();
    let drawing = false;
    numbers.forEach((y, i) => {
      const x = (i / (numbers.length - 1)) * side;
      if (Number.isFinite(y) && drawing) context.lineTo(x, down(y));
      else if (Number.isFinite(y)) context.moveTo(x, down(y));
      drawing = Number.isFinite(y);
    });
    context.strokeStyle = colour(root, "gradient");
    context.lineWidth = 2.5;
    context.stroke();
  };
  const update = frame => {
    context.clearRect(0, 0, side, side);
    if (kind === "curve") curve(frame.field);
    else {
      const bytes = bytesOf(frame.field);
      paint(bytes);
      if (kind === "score") border(bytes);
    }
    for (const [x, y, group] of points) {
      context.beginPath();
      SHAPES[group % SHAPES.length](context, across(x), down(y));
      context.fillStyle = tones()[group % tones().length];
      context.strokeStyle = colour(root, "background");
      context.lineWidth = 1;
      context.fill();
      context.stroke();
    }
  };
  const names = ["●", "▲", "■", "◆", "⬟"];
  const key = classes.map((name, i) => `${names[i % names.length]} ${name}`).join("   ");
  return {
    element: panel(
      title,
      element,
      make(
        "p",
        { className: "gw-cell" },
        key || `${format(low[0])} to ${format(high[0])} across, ${format(low[1])} to ${format(high[1])} up`,
      ),
    ),
    update,
  };
}
