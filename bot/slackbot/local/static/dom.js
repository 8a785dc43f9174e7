// h makes an element. Properties that are functions are listeners, those of the
// DOM are set, others become attributes. Children that are strings are text:
// nothing anywhere on the page is made from markup.
export function h(tag, props, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") e.addEventListener(name.replace(/^on/, ""), value);
    else if (name === "class") e.className = value;
    else if (name === "dataset") Object.assign(e.dataset, value);
    else if (value === true) e.setAttribute(name, "");
    else e.setAttribute(name, value);
  }
  e.append(...children.flat(Infinity).filter((c) => c !== undefined && c !== null && c !== false && c !== ""));
  return e;
}

// drawings are the paths of icons, on a field of 20 by 20.
const drawings = {
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  close: "M5 5l10 10M15 5L5 15",
  send: "M3 10l14-6-5 14-3-6z",
  more: "M10 4.5v.01M10 10v.01M10 15.5v.01",
  reply: "M4 5h12v8H9l-4 3v-3H4z",
  up: "M6 9v8H3V9zm0 0l3-6c1.5 0 2.5 1 2 2.5L10.5 8H16c1 0 1.5 1 1.300 1.800l-1.300 6c-.2.8-.8 1.2-1.5 1.2H6",
  down: "M6 11V3H3v8zm0 0l3 6c1.5 0 2.5-1 2-2.5L10.5 12H16c1 0 1.5-1 1.300-1.800l-1.300-6C15.800 3.400 15.2 3 14.5 3H6",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zm0 0v1.5c0 2 4 2 4-1.5a7 7 0 1 0-3 5.700",
  slash: "M12.5 3.5l-5 13",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.400 1.400M14.600 14.600L16 16M4 16l1.400-1.400M14.600 5.400L16 4",
  moon: "M16 12.5A7 7 0 0 1 7.5 4 7 7 0 1 0 16 12.5z",
  half: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
  eye: "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zm8-2.2a2.2 2.2 0 1 0 0 4.400 2.2 2.2 0 0 0 0-4.400z",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  image: "M3 4h14v12H3zM3 14l4-4 3 3 3-4 4 5M7 8v.01",
};

// icon draws one of them. Whatever it is on carries the words.
export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "drawn-" + name);
  const path = document.createElementNS(ns, "path");
  path.setAttribute("d", drawings[name] ?? drawings.more);
  svg.append(path);
  return svg;
}

// keep makes a list's items those of wanted, in order, and leaves alone what is
// as it was. Each of wanted has a key, a sign that changes with what it shows,
// and make. Where an item is replaced, what was focused in it is focused again.
export function keep(list, wanted) {
  const had = new Map();
  for (const e of list.children) had.set(e.dataset.key, e);
  let place = list.firstElementChild;
  for (const w of wanted) {
    let e = had.get(w.key);
    had.delete(w.key);
    if (!e || e.sign !== w.sign) {
      const made = w.make();
      made.dataset.key = w.key;
      made.sign = w.sign;
      if (e) {
        const focus = whereFocused(e);
        if (e === place) place = made;
        e.replaceWith(made);
        focusAgain(made, focus);
      }
      e = made;
    }
    if (e === place) place = place.nextElementSibling;
    else list.insertBefore(e, place);
  }
  for (const e of had.values()) e.remove();
}

// part finds what has a name for the focus in an element; null if nothing does.
export const part = (e, name) => (name ? e.querySelector(`[data-focus="${CSS.escape(name)}"]`) : null);

// whereFocused names what is focused in an element: "" for the element itself
// and for what has no name, null if nothing is.
export function whereFocused(e) {
  const at = document.activeElement;
  if (!e.contains(at)) return null;
  return (at !== e && at.dataset.focus) || "";
}

export function focusAgain(e, name) {
  if (name === null) return;
  const again = part(e, name);
  (again ?? (e.tabIndex >= 0 || e.hasAttribute("tabindex") ? e : e.querySelector("button, a, [tabindex]")))?.focus();
}
