// A picture that can be zoomed and moved: the image becomes inline SVG, which also shows exact numbers when pointed at.
// The wheel zooms only with Ctrl or in full screen, so that a page still scrolls over the picture.
for (const root of document.querySelectorAll('[data-gatewise-picture="waiting"]')) {
  root.dataset.gatewisePicture = "started";
  const holder = root.querySelector("[data-part=holder]");
  const image = holder.querySelector("img");
  if (image) {
    const bytes = Uint8Array.from(atob(image.src.split(",")[1]), c => c.charCodeAt(0));
    const parsed = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml");
    image.replaceWith(document.importNode(parsed.documentElement, true));
  }
  const svg = holder.querySelector("svg");
  const natural = svg.viewBox.baseVal.width;
  Object.assign(holder.style, { overflow: "hidden", maxWidth: `${natural}px` });
  Object.assign(svg.style, { display: "block", width: "100%", height: "auto", transformOrigin: "0 0" });
  const label = `${svg.getAttribute("aria-label")}. The keys + and - zoom, arrows move, 0 shows all, f is full screen.`;
  for (const [name, x] of Object.entries({ tabindex: 0, role: "group", "aria-label": label })) holder.setAttribute(name, x);
  let [k, x, y] = [1, 0, 0];
  const full = () => document.fullscreenElement === root;
  const within = (at, size) => Math.min(0, Math.max(at, size * (1 - k)));
  const allowed = zoom => Math.min(Math.max(zoom, 1), Math.max(1, (8 * natural) / (holder.clientWidth || natural)));
  const show = (zoom, left, top) => {
    k = allowed(zoom);
    [x, y] = [within(left, svg.clientWidth), within(top, svg.clientHeight)];
    svg.style.transform = k === 1 ? "" : `translate(${x}px,${y}px) scale(${k})`;
    Object.assign(holder.style, { cursor: k === 1 ? "" : "grab", touchAction: k === 1 ? "" : "none" });
  };
  const zoom = (factor, u = svg.clientWidth / 2, v = svg.clientHeight / 2) => {
    const next = allowed(k * factor);
    show(next, u - ((u - x) * next) / k, v - ((v - y) * next) / k);
  };
  const fit = () => show(1, 0, 0);
  holder.addEventListener(
    "wheel",
    event => {
      if (!event.ctrlKey && !event.metaKey && !full()) return;
      event.preventDefault();
      const { left, top } = holder.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
    },
    { passive: false },
  );
  let from;
  holder.addEventListener("pointerdown", event => {
    if (k === 1 || event.button !== 0) return;
    from = [event.clientX - x, event.clientY - y];
    holder.setPointerCapture(event.pointerId);
  });
  holder.addEventListener("pointermove", event => {
    if (from) show(k, event.clientX - from[0], event.clientY - from[1]);
  });
  for (const end of ["pointerup", "pointercancel"]) holder.addEventListener(end, () => (from = undefined));
  holder.addEventListener("dblclick", fit);
  const move = (dx, dy) => show(k, x + dx, y + dy);
  const keys = {
    "+": () => zoom(1.25),
    "=": () => zoom(1.25),
    "-": () => zoom(0.8),
    "−": () => zoom(0.8),
    0: fit,
    f: () => (full() ? document.exitFullscreen() : root.requestFullscreen?.()),
  };
  const arrows = {
    ArrowLeft: () => move(60, 0),
    ArrowRight: () => move(-60, 0),
    ArrowUp: () => move(0, 60),
    ArrowDown: () => move(0, -60),
  };
  holder.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act = keys[event.key] ?? (k > 1 ? arrows[event.key] : undefined);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  root.addEventListener("fullscreenchange", () => {
    holder.style.maxWidth = full() ? "" : `${natural}px`;
    fit();
  });
}
