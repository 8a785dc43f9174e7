// The page: what a person sees comes as updates, what the person does is sent.
import { blocks, inputs, refill } from "./blocks.js";
import { composer } from "./composer.js";
import { h, icon, keep, part, whereFocused, focusAgain } from "./dom.js";
import { decode, markdown, mrkdwn, plain } from "./text.js";

const $ = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 760px)");

// What is kept between visits; nothing where the browser keeps nothing.
const kept = {
  get: (key) => { try { return sessionStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { sessionStorage.setItem(key, value); } catch { /* then not */ } },
};

let state = new Map(); // what the person sees, by key, as the server has it
let raw = new Map();   // the same as text, to tell what has changed
let self = kept.get("as");
let source = null;
let fresh = true;      // nothing has been shown yet to this person

// Where each person is, what they have read, hidden and not sent yet.
const visits = new Map();
const newVisit = () => ({ channel: null, tab: "messages", thread: null, read: new Map(), hidden: new Set(), drafts: new Map(), pressed: new Map() });
const visit = () => {
  if (!visits.has(self)) visits.set(self, newVisit());
  return visits.get(self);
};

const me = () => state.get("me");
const userOf = (id) => state.get("user/" + id);
const channelOf = (id) => state.get("channel/" + id);
const isApp = (id) => id === me().dm;
const names = {
  get self() { return self; },
  user: (id) => userOf(id)?.name ?? (id === "USLACKBOT" ? "Slackbot" : id),
  channel: (id) => channelOf(id)?.name || id,
};
const realName = (id) => userOf(id)?.real ?? names.user(id);
// said is all that a message says to somebody who cannot look at it.
function said(m) {
  if (!m.markdown) return plain(m.text, names);
  return h("div", {}, markdown(m.text, names)).textContent;
}

const under = (prefix) => [...state].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value);
const rooms = () => under("channel/").filter((c) => c.kind !== "im");
const messagesOf = (channel) => under(`message/${channel}/`).filter((m) => !visit().hidden.has(m.ts)).sort((a, b) => Number(a.ts) - Number(b.ts) || (a.ts < b.ts ? -1 : 1));

// act has the person do something; the promise fails with what Slack says.
async function act(what) {
  let response;
  try {
    response = await fetch("act", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ as: self, ...what }) });
  } catch {
    throw new Error("Dateline cannot be reached. Does it still run?");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `the page answers with ${response.status}`);
  return body;
}

const tried = (promise) => promise.catch((err) => alertUser(err.message));

function alertUser(text) {
  $("alerts").textContent = text;
  toast("That did not work", text, null);
}

// ---- updates

function listen() {
  source?.close();
  fresh = true;
  source = new EventSource("updates" + (self ? "?as=" + encodeURIComponent(self) : ""));
  source.onmessage = (e) => {
    const u = JSON.parse(e.data);
    const before = state;
    if (u.all) {
      state = new Map();
      raw = new Map();
    } else {
      state = new Map(state);
    }
    for (const [key, value] of Object.entries(u.set ?? {})) {
      state.set(key, value);
      raw.set(key, JSON.stringify(value));
    }
    for (const key of u.gone ?? []) {
      state.delete(key);
      raw.delete(key);
    }
    self = me().id;
    $("offline").hidden = true;
    if (fresh) {
      fresh = false;
      arrive();
    } else {
      hear(before);
    }
    draw();
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED && self) {
      self = null; // somebody of before, who is not here any more
      listen();
      return;
    }
    $("offline").textContent = "Dateline does not answer. If it was ended, start it again: dateline serve --local";
    $("offline").hidden = false;
  };
}

// arrive opens the page for a person.
function arrive() {
  document.body.dataset.as = self;
  const v = visit();
  if (!v.channel || !channelOf(v.channel)) v.channel = under("channel/").find((c) => !isApp(c.id))?.id;
  for (const c of under("channel/")) if (!v.read.has(c.id)) v.read.set(c.id, "0");
}

// hear tells of messages that came, as a notification and a screen reader have
// it: by their text alone.
function hear(before) {
  for (const [key, m] of state) {
    if (!key.startsWith("message/") || m.user === self || m.streaming || m.subtype) continue;
    const was = before.get(key);
    if (was && !was.streaming) continue;
    const text = said(m);
    const who = realName(m.user);
    $("live").append(h("p", {}, `${who}: ${text}`));
    while ($("live").children.length > 20) $("live").firstChild.remove();
    if (visible(m)) continue;
    // The thread of an answer is opened about when it comes.
    const as = self;
    setTimeout(() => self === as && !visible(m) && toast(`${who} in ${isApp(m.channel) ? "a direct message" : "#" + names.channel(m.channel)}`, text, () => go(m.channel, "messages", m.thread || null)), 400);
  }
}

// visible says whether a message stands somewhere on the page now.
function visible(m) {
  const v = visit();
  if (m.channel !== v.channel || v.tab !== "messages" || document.hidden) return false;
  return !m.thread || m.thread === v.thread || m.broadcast;
}

function toast(title, text, open) {
  const close = () => t.remove();
  const t = h("div", { class: "toast" },
    h("div", { class: "names" }, h("strong", {}, title), h("p", { dir: "auto" }, text.length > 180 ? text.slice(0, 180) + "…" : text)),
    open && h("button", { type: "button", class: "button", onclick: () => { close(); open(); } }, "Open"),
    h("button", { type: "button", class: "icon", "aria-label": "Dismiss", onclick: close }, icon("close")));
  $("toasts").append(t);
  while ($("toasts").children.length > 3) $("toasts").firstChild.remove();
  setTimeout(close, 12000);
}

// ---- where the person is

async function go(channel, tab, thread) {
  if (fresh) return; // what is shown is still somebody else's
  const v = visit();
  const moved = channel !== v.channel || tab !== v.tab;
  const from = v.channel;
  v.channel = channel;
  v.tab = tab;
  v.thread = thread;
  drawer(false);
  draw();
  if (moved && isApp(channel)) await tried(act(tab === "home" ? { do: "openHome" } : { do: "openDM", channel: isApp(from) ? "" : from }));
}

// drawer shows or puts away the sidebar where there is no room for it.
function drawer(open) {
  document.body.classList.toggle("drawer", open);
  $("menu").setAttribute("aria-expanded", String(open));
}
const drawerOpen = () => document.body.classList.contains("drawer");

function become(id) {
  if (id === self) return;
  self = id;
  kept.set("as", id);
  $("modal").close();
  $("toasts").replaceChildren();
  for (const list of ["messages", "replies"]) $(list).replaceChildren();
  drawn.composer = drawn.thread = null;
  listen();
}

// ---- drawing

const drawn = { composer: null, thread: null, home: null };

function draw() {
  if (!me()) return;
  drawSidebar();
  drawMain();
  drawThread();
  drawModal();
}

const initials = (u) => (u?.real || u?.name || "?").trim().slice(0, 1).toUpperCase();

function avatar(id) {
  const u = userOf(id);
  if (u?.bot) return h("span", { class: "avatar app", "aria-hidden": "true" }, h("img", { src: "icon.svg", alt: "" }));
  let hue = 0;
  for (const c of id) hue = (hue * 31 + c.codePointAt(0)) % 5;
  return h("span", { class: `avatar hue-${hue}`, "aria-hidden": "true" }, id === "USLACKBOT" ? "S" : initials(u));
}

function unread(id) {
  const last = visit().read.get(id) ?? "0";
  return messagesOf(id).filter((m) => m.user !== self && Number(m.ts) > Number(last) && !m.streaming).length;
}

function drawSidebar() {
  const v = visit();
  $("team").textContent = me().team;
  keep($("people"), [{ key: "legend", sign: "", make: () => h("legend", {}, "You are") }, ...me().people.map((id) => ({
    key: id, sign: raw.get("user/" + id) + (id === self),
    make: () => h("label", { class: "person" },
      h("input", { type: "radio", name: "person", value: id, checked: id === self || null, dataset: { focus: id }, onchange: () => become(id) }),
      avatar(id), h("span", {}, userOf(id).real)),
  }))]);
  const entry = (c, label, mark) => {
    const here = v.channel === c.id;
    const count = here ? 0 : unread(c.id);
    return {
      key: c.id, sign: `${label}|${here}|${count}`,
      make: () => h("li", {}, h("button", { type: "button", class: count ? "unread" : "", "aria-current": here ? "page" : null, dataset: { focus: c.id }, onclick: () => go(c.id, "messages", null) },
        mark, h("span", {}, label), count ? h("span", { class: "count" }, String(count), h("span", { class: "hidden" }, " unread")) : null)),
    };
  };
  const all = rooms().sort((a, b) => (a.name < b.name ? 1 : -1)).reverse();
  keep($("channels"), all.map((c) => entry(c, c.name, c.kind === "group" ? icon("lock") : h("span", { class: "hash", "aria-hidden": "true" }, "#"))));
  const dm = channelOf(me().dm);
  keep($("apps"), dm ? [entry(dm, me().app, avatar(me().appUser))] : []);
}

function drawMain() {
  const v = visit();
  const c = channelOf(v.channel);
  if (!c) return;
  const app = isApp(c.id);
  const name = app ? me().app : "#" + c.name;
  $("title").textContent = name;
  document.title = `${name} – ${me().team}`;
  $("about").textContent = app ? "Agent" : `${c.members.length} members, ${me().app} among them${c.kind === "group" ? "; private" : ""}`;
  $("tabs").hidden = !app;
  keep($("tabs"), app ? [["messages", "Messages"], ["home", "Home"]].filter(([t]) => t !== "home" || me().home).map(([tab, label]) => ({
    key: tab, sign: String(tab === v.tab),
    make: () => h("button", { type: "button", role: "tab", id: "tab-" + tab, "aria-selected": String(tab === v.tab), "aria-controls": tab === "home" ? "home" : "conversation", tabindex: tab === v.tab ? "0" : "-1", dataset: { focus: tab }, onclick: () => go(c.id, tab, null) }, label),
  })) : []);
  const home = app && v.tab === "home";
  const skip = document.querySelector(".skip");
  skip.href = home ? "#home" : "#composer";
  skip.textContent = home ? "Skip to Home" : "Skip to the composer";
  $("home").hidden = !home;
  $("conversation").hidden = home;
  if (home) {
    drawHome();
    return;
  }
  const list = messagesOf(c.id);
  const top = list.filter((m) => !m.thread || m.broadcast);
  $("messages").setAttribute("aria-label", "Messages in " + name);
  fill($("scroll"), items(top, list, c), c.id + self);
  if (list.length) v.read.set(c.id, list[list.length - 1].ts);
  drawSuggested(c, top);
  const sign = c.id + "|" + self;
  if (drawn.composer !== sign) {
    drawn.composer = sign;
    const label = app ? `Ask ${me().app}` : `Message #${c.name}`;
    $("composer").replaceChildren(composer({ label, complete: () => completions(c), send: (text) => send(c, text, ""), draft: draftOf(c.id) }));
  }
}

// A list stays at its end with what comes, until somebody moves it. Of a message
// that is too long for that, the beginning is shown.
const atEnd = (e) => e.scrollHeight - e.scrollTop - e.clientHeight < 60 || e.scrollTop === e.settled;
function toEnd(e) {
  e.scrollTop = e.scrollHeight;
  const last = e.firstElementChild.lastElementChild;
  const over = last ? e.getBoundingClientRect().top - last.getBoundingClientRect().top + 16 : 0;
  if (over > 16) e.scrollTop -= over;
  e.settled = e.scrollTop;
}

// fill makes wanted what is listed where one scrolls; of says whose list it is.
function fill(scroll, wanted, of) {
  const pinned = atEnd(scroll) || scroll.dataset.of !== of;
  keep(scroll.firstElementChild, wanted);
  if (pinned) toEnd(scroll);
  scroll.dataset.of = of;
}

function draftOf(key) {
  const v = visit();
  return { get: () => v.drafts.get(key) ?? "", set: (text) => v.drafts.set(key, text) };
}

const commandsAbout = { "/ask": "asks, for you alone to see", "/source": "file, file:line or words: shows the passage", "/sources": "what there is to ask about", "/dateline": "help or status" };

function completions(c) {
  return {
    people: [[names.user(me().appUser), "app"], ...c.members.filter((id) => id !== me().appUser && id !== self).map((id) => [names.user(id), userOf(id)?.real ?? ""])],
    channels: rooms().map((o) => [o.name, ""]),
    commands: me().commands.map((name) => [name.slice(1), commandsAbout[name] ?? ""]),
  };
}

// send posts what was typed, or runs the command that it is.
async function send(c, text, thread) {
  toEnd(thread ? $("thread-scroll") : $("scroll")); // and there it stays with what comes
  const command = /^(\/[a-z0-9_-]+)(?:\s+([\s\S]*))?$/.exec(text);
  if (command) {
    if (!me().commands.includes(command[1])) throw new Error(`${command[1]} is not a command here.`);
    if (thread) throw new Error(`Slack has no ${command[1]} in threads. Use it in the channel.`);
    await act({ do: "command", channel: c.id, command: command[1], text: command[2] ?? "" });
    return;
  }
  const { ts } = await act({ do: "post", channel: c.id, text, thread });
  const asked = isApp(c.id) || new RegExp(`(^|[\\s(])@${names.user(me().appUser)}\\b`, "i").test(text);
  if (!thread && asked) beside(ts);
}

// beside opens the place of an answer beside its question, where there is room.
function beside(ts) {
  if (narrow.matches) return;
  visit().thread = ts;
  draw();
}

const when = (ts) => new Date(Number(ts) * 1000);
const day = (ts) => when(ts).toLocaleDateString("en", { weekday: "long", month: "long", day: "numeric" });
const clock = (ts) => when(ts).toLocaleTimeString("en", { hour: "numeric", minute: "2-digit" });

// items are what a list of messages holds: the messages, and the days between.
function items(shown, all, c, inThread) {
  const out = [];
  let last = null;
  for (const m of shown) {
    if (!last || day(last.ts) !== day(m.ts)) {
      out.push({ key: "day-" + day(m.ts), sign: "", make: () => h("li", { class: "day" }, h("span", {}, day(m.ts))) });
      last = null;
    }
    const joined = last && last.user === m.user && !last.private && !m.private && !m.subtype && Number(m.ts) - Number(last.ts) < 300 && !summary(last, all);
    const sum = inThread ? null : summary(m, all);
    const key = `${c.id}/${m.ts}`;
    out.push({
      key, sign: raw.get("message/" + key) + "|" + JSON.stringify(sum) + joined + (editing === key) + (visit().pressed.get(m.ts) ?? ""),
      make: () => messageItem(m, c, sum, joined, inThread),
    });
    last = m;
  }
  if (!inThread && !shown.length) {
    const app = isApp(c.id);
    out.push({ key: "empty", sign: c.id, make: () => h("li", { class: "empty" }, avatar(me().appUser), h("h2", {}, app ? `Ask ${me().app} about the articles` : `This is #${c.name}`),
      h("p", {}, app ? "Each question opens a thread; in it, just ask on." : ["Ask with ", h("span", { class: "mention" }, "@" + names.user(me().appUser)), " and a question. A mention with nothing behind it brings examples."])) });
  }
  return out;
}

// summary is what stands below the first message of a thread.
function summary(m, all) {
  if (m.thread || m.private) return null;
  const replies = all.filter((r) => r.thread === m.ts && !r.private);
  const t = state.get(`thread/${m.channel}/${m.ts}`);
  if (!replies.length && !t) return null;
  return { count: replies.length, users: [...new Set(replies.map((r) => r.user))], last: replies.at(-1)?.ts, status: t?.status ?? "", title: t && t.title !== said(m) ? t.title ?? "" : "" };
}

let editing = null; // CHANNEL/TS

function messageItem(m, c, sum, joined, inThread) {
  const key = `${c.id}/${m.ts}`;
  const mine = m.user === self && !m.subtype && !m.private;
  if (m.subtype) {
    return h("li", { class: "note", tabindex: "-1" }, h("span", { dir: "auto" }, m.subtype === "tombstone" ? m.text : mrkdwn(m.text, names)), threadBar(m, sum, inThread));
  }
  const context = {
    ...blockContext({ do: "click", channel: c.id, ts: m.ts }, inThread ? 3 : 2),
    pressed: visit().pressed.get(m.ts),
    press: (value) => visit().pressed.set(m.ts, value),
  };
  const body = h("div", { class: "body" });
  if (editing === key) {
    body.append(editor(m, c));
  } else {
    if (m.markdown && m.text) body.append(h("div", { class: "markdown" }, markdown(m.text, names, context.level)));
    if (m.blocks?.length) body.append(...blocks(m.blocks, context));
    else if (!m.markdown) body.append(h("div", {}, mrkdwn(m.text, names)));
    for (const a of m.attachments ?? []) body.append(h("blockquote", {}, a.blocks ? blocks(a.blocks, context) : mrkdwn(a.text ?? a.fallback ?? "", names)));
    if (m.streaming) body.append(h("span", { class: "hidden" }, "is being written"));
    if (m.edited) body.append(h("small", { class: "edited" }, "(edited)"));
  }
  const who = h("div", { class: "who" }, h("strong", { dir: "auto" }, realName(m.user)), m.bot && h("span", { class: "tag" }, "APP"), h("time", { datetime: when(m.ts).toISOString() }, clock(m.ts)));
  return h("li", { class: ["message", joined && "joined", m.private && "private", m.streaming && "growing"].filter(Boolean).join(" "), tabindex: "-1", "aria-label": `${realName(m.user)}, ${clock(m.ts)}${m.private ? ", only visible to you" : ""}` },
    m.private && h("div", { class: "only" }, icon("eye"), "Only visible to you", h("button", { type: "button", class: "plainlink", dataset: { focus: "dismiss" }, onclick: () => { visit().hidden.add(m.ts); draw(); } }, "Dismiss")),
    joined ? h("span", { class: "avatar blank", "aria-hidden": "true" }) : avatar(m.user),
    h("div", { class: "main" }, joined ? h("span", { class: "hidden" }, realName(m.user) + ":") : who, body, threadBar(m, sum, inThread)),
    editing !== key && toolbar(m, c, mine, inThread));
}

const openThread = (m) => go(m.channel, "messages", m.thread || m.ts).then(() => $("thread-composer").firstChild?.focusIn());

function threadBar(m, sum, inThread) {
  if (!sum || inThread) return null;
  return h("div", { class: "bar" },
    sum.title && h("span", { class: "thread-name", dir: "auto" }, sum.title),
    h("button", { type: "button", class: "replies", dataset: { focus: "replies" }, onclick: () => openThread(m) },
      sum.users.map(avatar), sum.count ? h("strong", {}, sum.count === 1 ? "1 reply" : `${sum.count} replies`) : !sum.status && h("strong", {}, "Thread"),
      sum.status ? h("span", { class: "thinking" }, h("b", {}, me().app), " " + sum.status) : sum.last && h("span", {}, "last at " + clock(sum.last))));
}

function toolbar(m, c, mine, inThread) {
  const button = (label, drawing, focus, onclick, extra) => h("button", { type: "button", class: "icon", "aria-label": label, title: label, dataset: { focus }, onclick, ...extra }, icon(drawing));
  const reply = () => openThread(m);
  const shortcuts = m.private ? [] : me().shortcuts.filter((s) => s.type === "message");
  const entries = [
    !m.private && !inThread && ["Reply in thread", reply],
    // What comes of it stands in the channel, for this person alone.
    ...shortcuts.map((s) => [s.name, () => tried(act({ do: "shortcut", channel: c.id, ts: m.ts, text: s.callback_id })), me().app]),
    mine && ["Edit message", () => { editing = `${c.id}/${m.ts}`; draw(); document.querySelector(".editor textarea")?.focus(); }],
    m.streaming && ["Stop the answer", () => tried(act({ do: "stopStream", channel: c.id, ts: m.ts }))],
    mine && ["Delete message…", () => remove(m, c), "danger"],
  ].filter(Boolean);
  if (!entries.length) return null;
  return h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message" },
    !m.private && !inThread && button("Reply in thread", "reply", "reply", reply),
    button("More actions", "more", "more", (e) => openMenu(e.currentTarget, entries), { "aria-haspopup": "menu", "aria-expanded": "false" }));
}

async function remove(m, c) {
  const yes = await confirm({ title: { text: "Delete message" }, text: { type: "plain_text", text: "The message goes for everybody, and what was answered to it." }, confirm: { text: "Delete" }, deny: { text: "Cancel" }, style: "danger" });
  if (yes) await tried(act({ do: "delete", channel: c.id, ts: m.ts }));
}

function editor(m, c) {
  const done = () => { editing = null; draw(); };
  // What was typed, from the text as Slack keeps it.
  const typed = decode(m.text.replace(/<@([UW][A-Z0-9]+)>/g, (_, id) => "@" + names.user(id)).replace(/<#[CG][A-Z0-9]+\|([^>]*)>/g, "#$1").replace(/<!(here|channel|everyone)>/g, "@$1"));
  const e = composer({
    label: "Edit message", text: typed, complete: () => completions(c), cancel: done,
    send: async (text) => { if (text !== typed) await act({ do: "edit", channel: c.id, ts: m.ts, text }); done(); },
  });
  e.classList.add("editor");
  return e;
}

function drawSuggested(c, top) {
  const p = state.get("prompts/" + c.id);
  const show = isApp(c.id) && p;
  const sign = show ? raw.get("prompts/" + c.id) + top.length : "";
  if ($("suggested").sign === sign) return;
  $("suggested").sign = sign;
  $("suggested").replaceChildren(...(show ? [h("h2", {}, p.title || "Suggested"), h("ul", {}, p.prompts.map((q) => h("li", {}, h("button", { type: "button", class: "prompt", dir: "auto", onclick: () => choose(q) }, q.title))))] : []));
}

const choose = (q) => tried(act({ do: "choose", text: q.title }).then(({ ts }) => beside(ts)));

let turn = 0; // of loading messages

function drawThread() {
  const v = visit();
  const root = v.thread && v.tab === "messages" && state.get(`message/${v.channel}/${v.thread}`);
  const c = channelOf(v.channel);
  const all = root ? messagesOf(c.id).filter((m) => m.ts === v.thread && !m.private || m.thread === v.thread) : [];
  const here = `${v.channel}/${v.thread}|${self}`;
  if (!root && v.thread && v.tab === "messages") {
    if (drawn.thread !== here) return; // its message is on its way
    v.thread = null; // it was deleted
  }
  const was = !$("thread").hidden;
  $("thread").hidden = !root;
  $("app").classList.toggle("with-thread", !!root);
  if (!root) {
    drawn.thread = null;
    $("replies").replaceChildren();
    if (was && (document.activeElement === document.body || $("thread").contains(document.activeElement))) $("composer").firstChild?.focusIn();
    return;
  }
  const t = state.get(`thread/${c.id}/${root.ts}`);
  $("thread-title").textContent = t?.title || "Thread";
  $("thread-about").textContent = isApp(c.id) ? me().app : "#" + c.name;
  fill($("thread-scroll"), items(all, all, c, true), root.ts + self);
  drawStatus(t);
  if (drawn.thread !== here) {
    drawn.thread = here;
    $("thread-composer").replaceChildren(composer({ label: "Reply", complete: () => completions(c), send: (text) => send(c, text, root.ts), draft: draftOf(here) }));
  }
}

// drawStatus shows what the app is doing in the thread.
function drawStatus(t) {
  const box = $("thread-status");
  const text = t?.loading?.length ? t.loading[turn % t.loading.length] : t?.status ?? "";
  if (box.dataset.text === text) return;
  box.dataset.text = text;
  // The app's name stands before its status, as Slack has it.
  box.replaceChildren(...(text ? [h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", { dir: "auto" }, !t.loading?.length && h("b", {}, me().app), " " + text)] : []));
}

setInterval(() => {
  turn++;
  const v = me() && visit();
  if (v?.thread) drawStatus(state.get(`thread/${v.channel}/${v.thread}`));
}, 2500);

// blockContext is what blocks need wherever they stand, where using one of their
// elements is what, and level that of a heading.
function blockContext(what, level) {
  return {
    names, confirm, level,
    use: (action, values) => tried(act({ ...what, action, values })),
    people: under("user/").map((u) => [u.id, u.name]),
    channels: rooms().map((c) => [c.id, "#" + c.name]),
  };
}

const viewContext = (view, level) => ({ ...blockContext({ do: "clickView", view: view.id }, level), errors: view.errors });

function drawHome() {
  const home = state.get("home");
  const sign = self + (raw.get("home") ?? "");
  if (drawn.home === sign) return;
  drawn.home = sign;
  const focus = whereFocused($("home"));
  $("home").replaceChildren(h("div", { class: "page" }, home ? blocks(home.blocks, viewContext(home, 2)) : h("p", { class: "wait" }, "Work in progress…")));
  focusAgain($("home"), focus);
}

// ---- modals

let shownModals = "";
const typed = new Map(); // what stands in the fields of each view, by its id

function drawModal() {
  const dialog = $("modal");
  const stack = state.get("modals") ?? [];
  const sign = self + (raw.get("modals") ?? "[]");
  if (sign === shownModals) return;
  shownModals = sign;
  const view = stack.at(-1);
  if (!view) {
    if (dialog.open) dialog.close();
    typed.clear();
    return;
  }
  const form = dialog.querySelector("form");
  if (dialog.open && form) typed.set(dialog.dataset.view, inputs(form));
  const focus = dialog.open ? whereFocused(dialog) : null;
  const context = viewContext(view, 3);
  const submit = async (e) => {
    e.preventDefault();
    made.classList.add("busy");
    try {
      await act({ do: "submit", view: view.id, inputs: inputs(made) });
    } catch (err) {
      trouble.textContent = err.message;
    }
    made.classList.remove("busy");
  };
  const trouble = h("p", { class: "wrong", role: "alert" }, view.trouble ?? "");
  const made = h("form", { novalidate: true, onsubmit: submit },
    h("header", {},
      stack.length > 1 && h("button", { type: "button", class: "icon", "aria-label": "Back", dataset: { focus: "back" }, onclick: () => tried(act({ do: "close" })) }, "‹"),
      h("h2", { id: "modal-title", tabindex: "-1" }, view.title),
      h("button", { type: "button", class: "icon", "aria-label": "Close", dataset: { focus: "close-icon" }, onclick: () => tried(act({ do: "close", all: true })) }, icon("close"))),
    h("div", { class: "content", tabindex: "0", role: "region", "aria-labelledby": "modal-title", dataset: { focus: "content" } }, blocks(view.blocks, context), trouble),
    h("footer", {},
      h("button", { type: "button", class: "button", dataset: { focus: "close" }, onclick: () => tried(act({ do: "close" })) }, view.close || "Close"),
      view.submit && h("button", { type: "submit", class: "button primary", dataset: { focus: "submit" } }, view.submit)));
  dialog.replaceChildren(made);
  dialog.dataset.view = view.id;
  refill(made, typed.get(view.id) ?? []);
  if (!dialog.open) dialog.showModal();
  const wrong = made.querySelector('[aria-invalid="true"]');
  const again = part(made, focus);
  // The first field, the button that was pressed, or else the title.
  (wrong ?? again ?? made.querySelector(".input textarea, .input input, .input select") ?? made.querySelector("#modal-title")).focus();
}

$("modal").addEventListener("cancel", (e) => {
  e.preventDefault(); // it closes when the Slack says so
  tried(act({ do: "close" }));
});

// confirm asks before something is done. It answers with false if the dialog
// is left.
function confirm(o) {
  const dialog = $("ask");
  return new Promise((resolve) => {
    const end = (answer) => () => { dialog.close(); resolve(answer); };
    dialog.replaceChildren(h("div", { class: "form" },
      h("header", {}, h("h2", { id: "ask-title" }, o.title?.text ?? "Sure?")),
      h("div", { class: "content" }, o.text.type === "mrkdwn" ? mrkdwn(o.text.text, names) : o.text.text),
      h("footer", {}, h("button", { type: "button", class: "button", onclick: end(false) }, o.deny?.text ?? "Cancel"), h("button", { type: "button", class: `button ${o.style ?? "primary"}`, onclick: end(true) }, o.confirm?.text ?? "Yes"))));
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}

// ---- the menu of a message

function openMenu(opener, entries) {
  document.querySelector(".menu")?.remove();
  const close = (focus) => {
    menu.remove();
    opener.setAttribute("aria-expanded", "false");
    removeEventListener("pointerdown", outside, true);
    if (focus && opener.isConnected) opener.focus();
  };
  const outside = (e) => { if (!menu.contains(e.target)) close(false); };
  const menu = h("div", { class: "menu", role: "menu", "aria-label": "More actions" }, entries.map(([label, run, about]) =>
    h("button", { type: "button", role: "menuitem", tabindex: "-1", class: about === "danger" ? "danger" : "", onclick: () => { close(true); run(); } }, h("span", {}, label), about && about !== "danger" && h("small", {}, about))));
  menu.addEventListener("keydown", (e) => {
    const list = [...menu.children];
    const at = list.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[e.key];
    if (to !== undefined) {
      e.preventDefault();
      list.at(to % list.length).focus();
    } else if (e.key === "Escape" || e.key === "Tab") {
      e.preventDefault();
      e.stopPropagation();
      close(true);
    }
  });
  opener.closest("main, aside").append(menu);
  const box = opener.getBoundingClientRect();
  menu.style.top = Math.max(8, Math.min(box.bottom + 4, innerHeight - menu.offsetHeight - 8)) + "px";
  menu.style.left = Math.max(8, Math.min(box.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8)) + "px";
  opener.setAttribute("aria-expanded", "true");
  addEventListener("pointerdown", outside, true);
  menu.firstChild.focus();
}

// ---- keys and buttons of the page

// Arrows move between messages, tabs and people; Tab goes through what can be
// used.
for (const list of [$("messages"), $("replies")]) {
  list.parentElement.tabIndex = 0;
  list.parentElement.setAttribute("role", "region");
  list.parentElement.setAttribute("aria-label", list.id === "replies" ? "Thread" : "Conversation");
  list.parentElement.addEventListener("keydown", (e) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    const own = e.target === list.parentElement || e.target.matches("li");
    if (!move || !own) return;
    const all = [...list.querySelectorAll(":scope > li.message, :scope > li.note")];
    if (!all.length) return;
    e.preventDefault();
    const at = all.indexOf(e.target);
    const next = at < 0 ? all.length - 1 : Math.max(0, Math.min(all.length - 1, at + move));
    all[next].focus();
  });
}

$("tabs").addEventListener("keydown", (e) => {
  if (e.key !== "ArrowLeft" && e.key !== "ArrowRight") return;
  const other = [...$("tabs").children].find((t) => t.getAttribute("aria-selected") === "false");
  other?.click();
  $("tabs").querySelector('[aria-selected="true"]')?.focus();
});

function closeThread() {
  const ts = visit().thread;
  visit().thread = null;
  draw();
  const bar = [...$("messages").children].find((e) => e.dataset.key === `${visit().channel}/${ts}`)?.querySelector(".replies");
  (bar ?? $("composer").querySelector("textarea"))?.focus();
}

$("thread-close").append(icon("close"));
$("thread-close").addEventListener("click", closeThread);
$("menu").append(icon("menu"));
$("menu").addEventListener("click", () => {
  drawer(!drawerOpen());
  if (drawerOpen()) $("sidebar").querySelector('[aria-current="page"], button')?.focus();
});
$("main").addEventListener("pointerdown", (e) => {
  if (!$("menu").contains(e.target)) drawer(false);
});
addEventListener("keydown", (e) => {
  if (e.key !== "Escape" || e.defaultPrevented || $("modal").open || $("ask").open) return;
  if (drawerOpen()) {
    drawer(false);
    $("menu").focus();
  } else if (!$("thread").hidden && $("thread").contains(document.activeElement)) {
    closeThread();
  }
});

const themes = { system: ["half", "as the system has them"], light: ["sun", "light"], dark: ["moon", "dark"] };
function showTheme() {
  const now = document.documentElement.dataset.theme ?? "system";
  $("theme").replaceChildren(icon(themes[now][0]));
  $("theme").setAttribute("aria-label", "Colours: " + themes[now][1]);
  $("theme").title = $("theme").getAttribute("aria-label");
}
$("theme").addEventListener("click", () => {
  const order = Object.keys(themes);
  const next = order[(order.indexOf(document.documentElement.dataset.theme ?? "system") + 1) % order.length];
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("theme", next);
  } catch {
    // then it holds until the page is left
  }
  showTheme();
});
showTheme();

document.querySelector(".skip").addEventListener("click", (e) => {
  e.preventDefault();
  if ($("home").hidden) $("composer").firstChild?.focusIn();
  else $("home").focus();
});

listen();
