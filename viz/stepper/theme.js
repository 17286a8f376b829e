// Dark or light, as the page around is, not as the system is: notebooks have themes of their own. On paper, light.

function followTheme(root, changed = () => {}) {
  const weak = new WeakRef(root);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const print = matchMedia("print");
  const look = ({ type } = {}) => {
    const root = weak.deref();
    const paper = print.matches || type === "beforeprint";
    const theme = root && (!paper && isDark(root, scheme.matches) ? "dark" : "light");
    if (!root) observer.disconnect();
    else if (root.dataset.theme !== theme) {
      root.dataset.theme = theme;
      changed();
    }
  };
  const observer = new MutationObserver(look);
  for (const element of [document.documentElement, document.body])
    if (element)
      observer.observe(element, {
        attributes: true,
        attributeFilter: ["class", "style", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"],
      });
  for (const query of [scheme, print]) query.addEventListener("change", look);
  for (const moment of ["beforeprint", "afterprint"]) addEventListener(moment, look);
  look();
}

// Whether the nearest painted background is dark; without one, whether the page says it goes with a dark system.
function isDark(root, system) {
  const context = make("canvas", { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  for (let e = root.parentElement; e; e = e.parentElement ?? e.getRootNode().host) {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = getComputedStyle(e).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
    if (alpha > 127) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  }
  const said = getComputedStyle(document.documentElement).colorScheme;
  return said.includes("dark") && (system || !said.includes("light"));
}
