// Blocks as Slack documents them, made into elements.
// https://docs.slack.dev/reference/block-kit/blocks
import { h, icon, part } from "./dom.js";
import { broadcast, channelMention, emoji, link, markdown, mrkdwn, picture, table, userMention, whole } from "./text.js";

// blocks makes a list of blocks. The context says where they stand:
//
//	names           what mentions show
//	level           of headings: one below that of what the blocks stand in
//	use(id, values) is called when an element is used; id is BLOCK/ACTION
//	confirm(o)      asks as a confirmation object says, and promises an answer
//	errors          what is wrong with inputs, by block id
//	people, channels what selects of them offer, lists of [id, name]
//	pressed         the value of the feedback that was given, where some can be
//	press(value)    keeps it
export function blocks(list, context) {
  return (list ?? []).map((b) => {
    const make = kinds[b.type];
    const made = make ? make(b, context) : h("p", { class: "unknown" }, `(a block of type ${b.type})`);
    made.classList.add("block");
    return made;
  });
}

// words is a text object.
function words(t, { names }) {
  if (!t) return [];
  if (t.type === "mrkdwn") return mrkdwn(t.text, names);
  return [h("span", { class: "plain", dir: "auto" }, t.emoji === false ? t.text : named(t.text))];
}

// named is a text with emoji by name made into emoji.
const named = (text) => text.split(/(:[a-z0-9_+-]+:)/).map((s) => (/^:[a-z0-9_+-]+:$/.test(s) ? emoji(s.slice(1, -1)) : s));

const kinds = {
  rich_text: (b, c) => h("div", { class: "rich" }, b.elements.map((e) => rich(e, c))),
  section: (b, c) =>
    h("div", { class: "section" },
      h("div", { class: "words" }, words(b.text, c), b.fields && h("div", { class: "fields" }, b.fields.map((f) => h("div", {}, words(f, c))))),
      b.accessory && h("div", { class: "accessory" }, element(b.accessory, b, c))),
  context: (b, c) => h("div", { class: "context" }, b.elements.map((e) => (e.type === "image" ? picture(e.alt_text, e.image_url) : h("span", {}, words(e, c))))),
  context_actions: (b, c) => h("div", { class: "context-actions" }, b.elements.map((e) => element(e, b, c))),
  header: (b, c) => h("p", { class: "header", role: "heading", "aria-level": String(c.level), dir: "auto" }, words(b.text, c)),
  divider: () => h("hr"),
  actions: (b, c) => h("div", { class: "actions" }, b.elements.map((e) => element(e, b, c))),
  image: (b) => h("figure", {}, b.title && h("figcaption", { dir: "auto" }, b.title.text), h("div", { class: "frame" }, icon("image"), h("bdi", {}, b.alt_text || "An image without a description"), h("small", {}, "not loaded"))),
  markdown: (b, c) => h("div", { class: "markdown" }, markdown(b.text, c.names, c.level)),
  input: (b, c) => field(b, c),
  table: (b, c) => {
    const cell = (x) => (x?.type === "rich_text" ? x.elements.map((e) => rich(e, c)) : [x?.text ?? ""]);
    const rows = b.rows.map((r) => r.map(cell));
    return table(rows[0], rows.slice(1));
  },
};

// rich is an element of rich text.
function rich(e, c) {
  switch (e.type) {
    case "rich_text_section":
      return h("div", { class: "line", dir: "auto" }, leaves(e.elements, c));
    case "rich_text_quote":
      return h("blockquote", {}, h("div", { class: "line", dir: "auto" }, leaves(e.elements, c)));
    case "rich_text_preformatted":
      return h("pre", { dir: "auto" }, leaves(e.elements, c));
    case "rich_text_list": {
      const ordered = e.style === "ordered";
      return h(ordered ? "ol" : "ul", { class: `indent-${e.indent ?? 0}`, start: ordered && e.offset ? String(e.offset + 1) : null },
        e.elements.map((s) => h("li", { dir: "auto" }, leaves(s.elements, c))));
    }
  }
  return h("p", { class: "unknown" }, `(rich text of type ${e.type})`);
}

const leaves = (list, c) => list.map((l) => leaf(l, c));

const styles = [["code", "code"], ["underline", "u"], ["strike", "s"], ["italic", "em"], ["bold", "strong"], ["highlight", "mark"]];

function leaf(l, { names }) {
  let made;
  switch (l.type) {
    case "text": made = whole(l.text); break;
    case "link": made = link(l.url, l.text || l.url); break;
    case "emoji": made = emoji(l.name, l.unicode); break;
    case "user": made = userMention(l.user_id, names); break;
    case "channel": made = channelMention(l.channel_id, names); break;
    case "usergroup": made = broadcast(l.usergroup_id); break;
    case "broadcast": made = broadcast(l.range); break;
    case "date": made = h("time", {}, l.fallback ?? new Date(l.timestamp * 1000).toLocaleString()); break;
    case "color": made = h("code", {}, l.value); break;
    default: made = `(${l.type})`;
  }
  for (const [style, tag] of styles) if (l.style?.[style]) made = h(tag, {}, made);
  return made;
}

// element is an interactive element of a block that is no input.
function element(e, b, c) {
  const id = `${b.block_id}/${e.action_id}`;
  const use = async (values) => {
    if (e.confirm && !(await c.confirm(e.confirm))) return;
    c.use(id, values);
  };
  switch (e.type) {
    case "button":
      if (e.url) return h("span", { class: "button" }, link(e.url, e.text.text));
      return h("button", { type: "button", class: `button ${e.style ?? ""}`, "aria-label": e.accessibility_label, dataset: { focus: id }, onclick: () => use(e.value === undefined ? [] : [e.value]) }, named(e.text.text));
    case "icon_button":
      return h("button", { type: "button", class: "button icon", "aria-label": e.accessibility_label ?? e.text.text, title: e.text.text, dataset: { focus: id }, onclick: () => use([]) }, icon("close"));
    case "feedback_buttons":
      return h("span", { class: "feedback", role: "group", "aria-label": "Feedback" }, [["positive_button", "up"], ["negative_button", "down"]].map(([side, drawing]) => {
        const chosen = c.pressed === e[side].value;
        const press = async (event) => {
          const group = event.currentTarget.parentElement;
          for (const o of group.children) o.setAttribute("aria-pressed", String(o === event.currentTarget));
          c.press?.(e[side].value);
          await use([e[side].value]);
        };
        return h("button", { type: "button", class: "button icon", "aria-pressed": String(chosen), "aria-label": e[side].accessibility_label ?? e[side].text.text, title: e[side].text.text, dataset: { focus: `${id}/${side}` }, onclick: press }, icon(drawing));
      }));
    case "image":
      return picture(e.alt_text, e.image_url);
  }
  const made = control(e, c, () => use(values(made)));
  made.dataset.focus = id;
  return made;
}

const options = (e) => [...(e.options ?? []), ...(e.option_groups ?? []).flatMap((g) => g.options)];

// control is an element that holds a value.
function control(e, c, changed) {
  const label = e.placeholder?.text ?? e.action_id;
  const choice = (list, chosen, many) =>
    h("select", { "aria-label": label, multiple: many || null, onchange: changed }, !many && h("option", { value: "" }, e.placeholder?.text ?? "Choose"),
      list.map(([value, name]) => h("option", { value, selected: chosen.includes(value) || null }, name)));
  const initial = [e.initial_option, ...(e.initial_options ?? [])].filter(Boolean).map((o) => o.value);
  switch (e.type) {
    case "plain_text_input":
      if (e.multiline) return area(e);
      return h("input", { type: "text", value: e.initial_value, placeholder: e.placeholder?.text, maxlength: e.max_length, minlength: e.min_length, dir: "auto", onchange: changed });
    case "email_text_input":
    case "url_text_input":
    case "number_input": {
      const type = { email_text_input: "email", url_text_input: "url", number_input: "number" }[e.type];
      return h("input", { type, value: e.initial_value, placeholder: e.placeholder?.text, min: e.min_value, max: e.max_value, step: e.is_decimal_allowed ? "any" : null, onchange: changed });
    }
    case "datepicker": return h("input", { type: "date", "aria-label": label, value: e.initial_date, onchange: changed });
    case "timepicker": return h("input", { type: "time", "aria-label": label, value: e.initial_time, onchange: changed });
    case "overflow":
    case "static_select": return choice(options(e).map((o) => [o.value, o.text.text]), initial, false);
    case "multi_static_select": return choice(options(e).map((o) => [o.value, o.text.text]), initial, true);
    case "users_select":
    case "multi_users_select": return choice(c.people ?? [], [e.initial_user, ...(e.initial_users ?? [])], e.type.startsWith("multi"));
    case "channels_select":
    case "conversations_select":
    case "multi_channels_select":
    case "multi_conversations_select": return choice(c.channels ?? [], [e.initial_channel, e.initial_conversation, ...(e.initial_channels ?? []), ...(e.initial_conversations ?? [])], e.type.startsWith("multi"));
    case "radio_buttons":
    case "checkboxes": {
      const name = crypto.randomUUID();
      return h("div", { class: "choices", role: e.type === "checkboxes" ? "group" : "radiogroup", "aria-label": label },
        e.options.map((o) => h("label", {}, h("input", { type: e.type === "checkboxes" ? "checkbox" : "radio", name, value: o.value, checked: initial.includes(o.value) || null, onchange: changed }),
          h("span", {}, words(o.text, c), o.description && h("small", {}, words(o.description, c))))));
    }
  }
  return h("span", { class: "unknown" }, `(an element of type ${e.type})`);
}

function area(e) {
  const made = h("textarea", { rows: "4", placeholder: e.placeholder?.text, maxlength: e.max_length, minlength: e.min_length, dir: "auto" });
  made.value = e.initial_value ?? "";
  return made;
}

// values are what a control holds.
function values(made) {
  if (made.matches("select")) return [...made.selectedOptions].map((o) => o.value).filter(Boolean);
  if (made.matches(".choices")) return [...made.querySelectorAll("input:checked")].map((i) => i.value);
  return made.value ? [made.value] : [];
}

// field is an input block.
function field(b, c) {
  const id = `${b.block_id}/${b.element.action_id}`;
  const key = crypto.randomUUID();
  const made = control(b.element, c, () => b.dispatch_action && c.use(id, values(made)));
  made.id = key;
  made.dataset.focus = id;
  const wrong = c.errors?.[b.block_id];
  if (wrong) made.setAttribute("aria-invalid", "true");
  made.setAttribute("aria-describedby", [wrong && key + "-wrong", b.hint && key + "-hint"].filter(Boolean).join(" "));
  made.removeAttribute("aria-label");
  const group = made.matches(".choices");
  if (group) made.setAttribute("aria-labelledby", key + "-label");
  const box = h("div", { class: "input" },
    h(group ? "span" : "label", { class: "label", ...(group ? { id: key + "-label" } : { for: key }) }, words(b.label, c), b.optional && h("small", {}, " (optional)")),
    made,
    wrong && h("p", { class: "wrong", id: key + "-wrong" }, wrong),
    b.hint && h("p", { class: "hint", id: key + "-hint" }, words(b.hint, c)));
  box.input = () => ({ action: id, values: values(made) });
  return box;
}

// inputs are what stands in the fields of a form.
export const inputs = (form) => [...form.querySelectorAll(".input")].map((f) => f.input());

// refill puts what stood in fields into those that took their place.
export function refill(form, before) {
  for (const { action, values } of before) {
    const made = part(form, action);
    if (!made) continue;
    if (made.matches("select")) for (const o of made.options) o.selected = values.includes(o.value);
    else if (made.matches(".choices")) for (const i of made.querySelectorAll("input")) i.checked = values.includes(i.value);
    else made.value = values[0] ?? "";
  }
}
