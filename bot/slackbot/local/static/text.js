// Slack's two ways of writing text, mrkdwn and Markdown, made into elements.
// Names is {user(id), channel(id)}, which give what a mention shows.
import { h } from "./dom.js";

const emojis = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", smile: "😄", slightly_smiling_face: "🙂", tada: "🎉", eyes: "👀", warning: "⚠️",
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", question: "❓", mag: "🔍", newspaper: "📰", books: "📚", bulb: "💡", wave: "👋", rocket: "🚀",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", lock: "🔒", link: "🔗", memo: "📝", pushpin: "📌", calendar: "📅", speech_balloon: "💬", robot_face: "🤖",
};

export function emoji(name, unicode) {
  let show = emojis[name];
  if (/^[0-9a-f]{2,6}(-[0-9a-f]{2,6})*$/i.test(unicode ?? "")) {
    const points = unicode.split("-").map((p) => parseInt(p, 16));
    if (points.every((p) => p <= 0x10ffff)) show = String.fromCodePoint(...points);
  }
  return show ? h("span", { role: "img", class: "emoji", "aria-label": name.replaceAll("_", " ") }, show) : `:${name}:`;
}

// link is an element for an address: a link if it leads to the web, otherwise
// its words and the address as text.
export function link(url, ...words) {
  let parsed = null;
  try {
    parsed = new URL(url);
  } catch {
    // no address
  }
  const show = words.length ? words : [url];
  if (parsed && (parsed.protocol === "https:" || parsed.protocol === "http:"))
    return h("a", { href: parsed.href, target: "_blank", rel: "noopener noreferrer nofollow", title: parsed.href }, show);
  return h("span", { class: "nolink", title: "not a link to the web" }, show);
}

export const userMention = (id, names) => h("span", { class: id === names.self ? "mention me" : "mention" }, h("bdi", {}, "@" + names.user(id)));
export const channelMention = (id, names) => h("span", { class: "mention" }, h("bdi", {}, "#" + names.channel(id)));
export const broadcast = (range) => h("span", { class: "mention me" }, "@" + range);

// decode undoes Slack's escaping, which knows three characters.
export const decode = (s) => s.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);

// angle is what stands between < and >.
function angle(inside, names) {
  const bar = inside.indexOf("|");
  const what = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : inside.slice(bar + 1);
  if (/^@[UW][A-Z0-9]+$/.test(what)) return userMention(what.slice(1), names);
  if (/^#[CG][A-Z0-9]+$/.test(what)) return channelMention(what.slice(1), names);
  if (what.startsWith("!subteam^")) return broadcast(label.replace(/^@/, "") || "group");
  if (what.startsWith("!date^")) return decode(label);
  if (what.startsWith("!")) return broadcast(what.slice(1));
  return label ? link(decode(what), decode(label)) : link(decode(what), decode(what.replace(/^mailto:/, "")));
}

const inlines = [
  { at: /`([^`\n]+)`/, make: (m) => h("code", {}, decode(m[1])) },
  { at: /<([^<>\n]+)>/, make: (m, names) => angle(m[1], names) },
  { at: /(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*[^*\s])\*(?![\p{L}\p{N}*])/u, make: (m, names) => h("strong", {}, inline(m[1], names)) },
  { at: /(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*[^_\s])_(?![\p{L}\p{N}_])/u, make: (m, names) => h("em", {}, inline(m[1], names)) },
  { at: /(?<![\p{L}\p{N}~])~(?=\S)([^~\n]*[^~\s])~(?![\p{L}\p{N}~])/u, make: (m, names) => h("s", {}, inline(m[1], names)) },
  { at: /:([a-z0-9_+-]+):/, make: (m) => emoji(m[1]) },
];

// whole keeps the days in a text, as 2025-11-26, from being broken at a hyphen.
export const whole = (text) => text.split(/(\b\d{4}-\d{2}-\d{2}\b)/).map((s, i) => (i % 2 ? h("span", { class: "whole" }, s) : s));

// scan makes a text by rules, of which the first to match comes first; unescape
// undoes the escaping of what is between.
function scan(text, names, rules, unescape) {
  const out = [];
  while (text) {
    let first = null;
    for (const rule of rules) {
      const m = rule.at.exec(text);
      if (m && (!first || m.index < first.m.index)) first = { rule, m };
    }
    if (!first) {
      out.push(whole(unescape(text)));
      break;
    }
    out.push(whole(unescape(text.slice(0, first.m.index))), first.rule.make(first.m, names));
    text = text.slice(first.m.index + first.m[0].length);
  }
  return out;
}

// inline makes one line's worth of mrkdwn.
const inline = (text, names) => scan(text, names, inlines, decode);

// mrkdwn makes a text in Slack's own markup.
// https://docs.slack.dev/messaging/formatting-message-text
export function mrkdwn(text, names) {
  const out = [];
  text.split("```").forEach((piece, i, all) => {
    if (i % 2 === 1 && i < all.length - 1) {
      out.push(h("pre", { dir: "auto" }, decode(piece.replace(/^\n|\n$/g, ""))));
      return;
    }
    if (i % 2 === 1) piece = "```" + piece;
    let quoted = null;
    let lines = [];
    const flush = () => {
      if (lines.length) (quoted ?? { append: (e) => out.push(e) }).append(h("div", { class: "line", dir: "auto" }, ...lines.flatMap((l, n) => (n ? ["\n", ...inline(l, names)] : inline(l, names)))));
      lines = [];
    };
    for (const line of piece.replace(/^\n|\n$/g, "").split("\n")) {
      const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
      if (!!quote !== !!quoted) {
        flush();
        quoted = quote ? h("blockquote", {}) : null;
        if (quote) out.push(quoted);
      }
      lines.push(quote ? quote[1] : line);
    }
    flush();
  });
  return out;
}

// Markdown, as far as Slack reads it.
// https://docs.slack.dev/reference/block-kit/blocks/markdown-block
const spans = [
  { at: /\\([!-/:-@[-`{-~])/, make: (m) => m[1] },
  { at: /(`+)([\s\S]*?[^`])\1(?!`)/, make: (m) => h("code", {}, m[2].trim()) },
  { at: /<([@#!][^<>\n]+)>/, make: (m, names) => angle(m[1], names) },
  { at: /<(https?:[^<>\s]+)>/, make: (m) => link(m[1], m[1]) },
  { at: /!\[([^\]\n]*)\]\(([^()\s]+)[^()\n]*\)/, make: (m) => picture(m[1], m[2]) },
  { at: /\[((?:[^[\]\\\n]|\\.)+)\]\(([^()\s]+)(?:\s+"[^"\n]*")?\)/, make: (m, names) => link(entities(m[2]), span(m[1], names)) },
  { at: /(\*\*|__)(?=\S)([\s\S]*?[^\s\\])\1/, make: (m, names) => h("strong", {}, span(m[2], names)) },
  { at: /~~(?=\S)([\s\S]*?[^\s\\])~~/, make: (m, names) => h("s", {}, span(m[1], names)) },
  { at: /\*(?=[^\s*])([^*]*[^\s*\\])\*/, make: (m, names) => h("em", {}, span(m[1], names)) },
  { at: /(?<![\p{L}\p{N}_])_(?=[^\s_])([^_]*[^\s_\\])_(?![\p{L}\p{N}_])/u, make: (m, names) => h("em", {}, span(m[1], names)) },
  { at: /https?:\/\/[^\s<>)\]]+/, make: (m) => link(m[0], m[0]) },
  { at: /:([a-z0-9_+-]+):/, make: (m) => emoji(m[1]) },
];

const entities = (s) => s.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name]);

// span makes the words of a block of Markdown.
const span = (text, names) => scan(text, names, spans, entities);

const bullet = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;

// markdown makes a text of several blocks, whose headings are of level and below.
export function markdown(text, names, level = 2) {
  const lines = text.split("\n");
  const above = []; // the marks of the headings that the last one stands in, and its own
  const out = [];
  let i = 0;
  const paragraph = [];
  const flush = () => {
    if (paragraph.length) out.push(h("p", { dir: "auto" }, span(paragraph.join("\n"), names)));
    paragraph.length = 0;
  };
  const starts = /^(\s*(`{3,}|~{3,})|#{1,6}\s|\s*>|\s*([-*_])(\s*\3){2,}\s*$)/;
  while (i < lines.length) {
    const line = lines[i];
    let m;
    if (line.trim() === "") {
      flush();
      i++;
    } else if ((m = /^\s*(`{3,}|~{3,})\s*(\S*)/.exec(line))) {
      flush();
      const code = [];
      for (i++; i < lines.length && !lines[i].trim().startsWith(m[1]); i++) code.push(lines[i]);
      i++;
      out.push(h("pre", { dir: "auto" }, code.join("\n")));
    } else if ((m = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line))) {
      flush();
      while (above.length && above.at(-1) >= m[1].length) above.pop();
      above.push(m[1].length);
      out.push(h("p", { class: "heading", role: "heading", "aria-level": String(level + above.length - 1), dir: "auto" }, span(m[2], names)));
      i++;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      flush();
      out.push(h("hr"));
      i++;
    } else if (/^\s*>/.test(line)) {
      flush();
      const quoted = [];
      for (; i < lines.length && /^\s*>/.test(lines[i]); i++) quoted.push(lines[i].replace(/^\s*> ?/, ""));
      out.push(h("blockquote", {}, markdown(quoted.join("\n"), names, level + above.length)));
    } else if (bullet.test(line)) {
      flush();
      const items = [];
      for (; i < lines.length && lines[i].trim() !== "" && (bullet.test(lines[i]) || (/^\s/.test(lines[i]) && !starts.test(lines[i]))); i++) {
        const b = bullet.exec(lines[i]);
        if (b) items.push({ indent: Math.floor(b[1].length / 2), number: b[2], text: b[3] });
        else items[items.length - 1].text += "\n" + lines[i].trim();
      }
      out.push(list(items, 0, names));
    } else if (line.includes("|") && /^\s*\|?(\s*:?-+:?\s*\|)+\s*(:?-+:?)?\s*$/.test(lines[i + 1] ?? "")) {
      flush();
      const row = (s) => s.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((c) => c.trim().replaceAll("\\|", "|"));
      const head = row(line);
      const body = [];
      for (i += 2; i < lines.length && lines[i].includes("|"); i++) body.push(row(lines[i]));
      out.push(table(head.map((c) => span(c, names)), body.map((r) => r.map((c) => span(c, names)))));
    } else {
      paragraph.push(line);
      i++;
    }
  }
  flush();
  return out;
}

function list(items, depth, names) {
  const ordered = items[0].number !== undefined;
  const l = h(ordered ? "ol" : "ul", ordered ? { start: items[0].number } : {});
  for (let i = 0; i < items.length; ) {
    const li = h("li", { dir: "auto" }, span(items[i].text, names));
    const base = items[i].indent;
    const inner = [];
    for (i++; i < items.length && items[i].indent > base && depth < 8; i++) inner.push(items[i]);
    if (inner.length) li.append(list(inner, depth + 1, names));
    l.append(li);
  }
  return l;
}

// table makes a table of cells, each a list of children.
export function table(head, rows) {
  return h("div", { class: "table", role: "region", tabindex: "0", "aria-label": "Table" }, h("table", {},
    head && h("thead", {}, h("tr", {}, head.map((c) => h("th", { scope: "col", dir: "auto" }, c)))),
    h("tbody", {}, rows.map((r) => h("tr", {}, r.map((c) => h("td", { dir: "auto" }, c)))))));
}

// plain is what a text in Slack's markup says, without the markup: what a
// notification shows.
export function plain(text, names) {
  const box = document.createElement("div");
  box.append(...mrkdwn(text, names));
  return box.textContent;
}

// picture stands for an image, which is not loaded: an address on somebody
// else's server would tell who is reading.
export function picture(alt, url) {
  return h("span", { class: "picture", title: url ?? "" }, h("span", { class: "tag" }, "image"), h("bdi", {}, alt || "without a description"));
}
