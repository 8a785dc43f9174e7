// The field that messages are written in, with completion of people, channels
// and commands.
import { h, icon } from "./dom.js";

// composer makes one. Options:
//
//	label        what a screen reader calls it, and what stands in it when empty
//	text         what stands in it to begin with
//	complete()   {people, channels, commands}, each a list of [name, about]
//	send(text)   promises to take the text, or fails with why not
//	draft        {get(), set(text)} keeps what is not sent
//	cancel       closes it, where it can be closed; it says "Save" then
export function composer({ label, complete, send, draft, cancel, text }) {
  const listId = "list-" + crypto.randomUUID();
  const list = h("ul", { class: "completion", role: "listbox", id: listId, "aria-label": "Completions", hidden: true });
  // A field of several lines cannot have the role of a combobox; that there are
  // completions is told by the one that is active.
  const area = h("textarea", {
    rows: "1", dir: "auto", "aria-label": label, placeholder: label, "aria-autocomplete": "list", "aria-controls": listId,
    "aria-haspopup": "listbox", maxlength: "12000", spellcheck: "true", dataset: { focus: "composer" },
  });
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  area.value = text ?? draft?.get() ?? "";
  let found = [];
  let at = 0;
  let from = 0;

  const grow = () => {
    area.style.height = "auto";
    area.style.height = Math.min(area.scrollHeight, 220) + "px";
    box.classList.toggle("unwritten", area.value.trim() === "");
  };
  const hide = () => {
    list.hidden = true;
    area.removeAttribute("aria-activedescendant");
  };
  const mark = (n) => {
    at = (n + found.length) % found.length;
    [...list.children].forEach((o, i) => o.setAttribute("aria-selected", String(i === at)));
    area.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const take = (n) => {
    const word = found[n][0];
    const rest = area.value.slice(area.selectionStart);
    area.setRangeText(word + (rest.startsWith(" ") ? "" : " "), from, area.selectionStart, "end");
    hide();
    changed();
  };
  const suggest = () => {
    const before = area.value.slice(0, area.selectionStart);
    const m = /(^|[\s(])([@#])([\p{L}\p{N}_-]*)$/u.exec(before) ?? /^()(\/)([a-z]*)$/.exec(before);
    found = [];
    if (m) {
      const offered = complete();
      const all = { "@": offered.people, "#": offered.channels, "/": offered.commands }[m[2]] ?? [];
      found = all.filter(([name]) => name.toLowerCase().startsWith(m[3].toLowerCase())).map(([name, about]) => [m[2] + name, about]);
      from = before.length - m[3].length - 1;
      if (m[2] === "/" && found.length === 1 && found[0][0] === m[0]) found = []; // it is there already
    }
    if (!found.length) {
      hide();
      return;
    }
    list.replaceChildren(...found.map(([name, about], i) =>
      h("li", { role: "option", id: `${listId}-${i}`, onmousedown: (e) => { e.preventDefault(); take(i); } }, h("strong", {}, name), " ", h("span", {}, about))));
    list.hidden = false;
    mark(0);
  };
  const changed = () => {
    wrong.hidden = true;
    draft?.set(area.value);
    grow();
  };
  const put = (value) => {
    area.value = value;
    hide();
    changed();
  };
  const submit = async () => {
    const value = area.value.trim();
    if (value === "" || box.classList.contains("busy")) return;
    box.classList.add("busy");
    // The field is free for the next message at once. What is edited stays until
    // it is saved.
    if (cancel) area.readOnly = true;
    else put("");
    try {
      await send(value);
    } catch (err) {
      // The text comes back, before what was typed since.
      const since = area.isConnected || !draft ? area.value : draft.get();
      if (!cancel) put(since.trim() === "" ? value : value + "\n" + since);
      wrong.textContent = err.message;
      wrong.hidden = false;
    }
    area.readOnly = false;
    box.classList.remove("busy");
  };
  const type = (mark) => {
    area.focus();
    const before = area.value.slice(0, area.selectionStart);
    if (mark === "/") area.value = "/";
    else area.setRangeText((before === "" || /\s$/.test(before) ? "" : " ") + mark, area.selectionStart, area.selectionEnd, "end");
    changed();
    suggest();
  };

  area.addEventListener("input", () => { changed(); suggest(); });
  area.addEventListener("blur", hide);
  area.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    if (!list.hidden) {
      const move = { ArrowDown: 1, ArrowUp: -1 }[e.key];
      if (move) { e.preventDefault(); mark(at + move); return; }
      if (e.key === "Enter" || e.key === "Tab") { e.preventDefault(); take(at); return; }
      if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); hide(); return; }
    }
    if (e.key === "Enter" && !e.shiftKey) { e.preventDefault(); submit(); }
    else if (e.key === "Escape" && cancel) { e.stopPropagation(); cancel(); }
  });

  const tools = cancel
    ? [h("button", { type: "button", class: "button", onclick: cancel }, "Cancel"), h("button", { type: "button", class: "button primary", onclick: submit }, "Save")]
    : [
        h("button", { type: "button", class: "icon", "aria-label": "Mention somebody", title: "Mention somebody", onclick: () => type("@") }, icon("at")),
        h("button", { type: "button", class: "icon", "aria-label": "Slash commands", title: "Slash commands", onclick: () => type("/") }, icon("slash")),
        h("span", { class: "keys", "aria-hidden": "true" }, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift Enter"), " a new line"),
        h("button", { type: "button", class: "icon send", "aria-label": "Send", title: "Send", onclick: submit }, icon("send")),
      ];
  const box = h("div", { class: "composer" }, list, wrong, area, h("div", { class: "tools" }, tools));
  box.focusIn = () => { area.focus(); area.setSelectionRange(area.value.length, area.value.length); };
  queueMicrotask(grow);
  return box;
}
