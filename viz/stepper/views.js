// Scopes that open and close in place. Every picture was drawn beforehand; those not shown yet are packed.

function views(s, put) {
  const { scopes = [], views: packed = {}, view } = s.graph;
  const drawn = new Map();
  const key = open => [...open].sort((a, b) => a - b).join();
  const there = open => drawn.has(open) || open in packed;
  const opened = map => new Set(map.open ? map.open.split(",").map(Number) : []);
  const around = scope => {
    const chain = [];
    for (let i = scope; i >= 0; i = scopes[i][1]) chain.push(i);
    return chain;
  };

  // What is open after a scope was opened or closed. Where no such picture was drawn, all others close.
  const after = (map, scope) => {
    const open = opened(map);
    const closing = open.has(scope);
    const wanted = key(closing ? [...open].filter(i => !around(i).includes(scope)) : [...open, scope]);
    return there(wanted) ? wanted : key(around(closing ? scopes[scope][1] : scope));
  };
  const show = async (open, scope) => {
    if (!drawn.has(open)) {
      const { svg, ...map } = JSON.parse(await unpacked(packed[open]));
      drawn.set(open, { svg: svgFrom(svg), map });
    }
    const { svg, map } = drawn.get(open);
    handles(svg, map);
    put(svg, map);
    const handle = svg.querySelector(`[data-scope="${scope}"]`);
    if (handle) {
      follow(handle);
      handle.focus({ preventScroll: true });
    }
  };
  const handles = (svg, map) => {
    const all = [
      ...[...svg.querySelectorAll("text.frame")].map(e => [e, map.frames[e.dataset.node], true]),
      ...[...svg.querySelectorAll("g.group")].map(e => [e, map.groups[e.dataset.node].scope, false]),
    ];
    for (const [element, scope, open] of all) {
      if (element.dataset.scope || !(scope >= 0) || !there(after(map, scope)) || !globalThis.DecompressionStream)
        continue;
      element.dataset.scope = scope;
      for (const [name, x] of Object.entries({ tabindex: 0, role: "button", "aria-expanded": open }))
        element.setAttribute(name, x);
      const press = () => {
        show(after(map, scope), scope);
      };
      element.addEventListener("click", press);
      element.addEventListener("keydown", event => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          press();
        }
      });
    }
  };
  const first = svgFrom(unbase64(s.root.querySelector("img").src.split(",")[1]));
  drawn.set(view.open ?? "", { svg: first, map: view });
  show(view.open ?? "");
}
