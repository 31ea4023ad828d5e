// Command Center: what the server's pages do besides. Everything can be read and done without it.
"use strict";

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// Times in the reader's own zone: the hour for today, the date besides for other days.
function localize(within) {
  const today = new Date().toDateString();
  all("time[datetime]", within).forEach((time) => {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) return;
    time.textContent = at.toDateString() === today
      ? at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })
      : at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    time.title = time.dateTime;
  });
}

// The side bar of small screens.
const menu = one(".menu"), side = one("#side");
function showMenu(open) {
  side.toggleAttribute("data-open", open);
  menu.setAttribute("aria-expanded", String(open));
  (open ? one("a", side) : menu).focus();
}
menu?.addEventListener("click", () => showMenu(!side.hasAttribute("data-open")));
document.addEventListener("click", (event) => {
  if (side?.hasAttribute("data-open") && !event.target.closest("#side, .menu")) showMenu(false);
});

// A form is sent once.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  if (event.target.method === "post") event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

// Enter sends a message, Shift and Enter begin a line.
one("#ask")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (event.target.value.trim()) event.target.form.requestSubmit();
});

// Keys: never while typing. A key moves the focus to a decision; it never decides.
let first = "";
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (side?.hasAttribute("data-open")) showMenu(false); else document.activeElement?.blur();
    return;
  }
  if (event.target.closest("input, textarea, select, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (first === "g") {
    first = "";
    const place = { w: "/waiting", c: "/conversations", n: "/new" }[event.key];
    if (place) { location.assign(place); return; }
  }
  if (event.key === "g") { first = "g"; return; }
  const gates = all(".gatebox"), at = gates.indexOf(document.activeElement?.closest(".gatebox"));
  const box = at >= 0 ? gates[at] : gates[0];
  const goals = {
    j: () => gates[at + 1], k: () => gates[at - 1],
    a: () => box && one("[data-approve]", box), d: () => box && one("[data-deny]", box),
    "/": () => one("#q") || one("#ask"),
  };
  const goal = goals[event.key]?.();
  if (goal) { event.preventDefault(); goal.focus(); goal.scrollIntoView({ block: "nearest" }); }
});

// Parts of a page that the server sends again. What the reader has opened, written or focused stays.
const raw = new Map();
function markupOf(element) { return element.outerHTML; }
function remember(part) {
  [...part.children].forEach((child) => { if (child.id) raw.set(child.id, markupOf(child)); });
}
function keepState(from, to) {
  all("details[data-keep]", from).forEach((old) => {
    const now = all("details[data-keep]", to).find((details) => details.dataset.keep === old.dataset.keep);
    if (now) now.open = old.open;
  });
  all("input[id], textarea[id]", from).forEach((old) => {
    const now = all("input[id], textarea[id]", to).find((input) => input.id === old.id);
    if (now && old.value) now.value = old.value;
  });
}
// A preview that changes, or comes, under somebody's pointer isn't decided by the click that was meant for what stood there.
const digestOf = (box) => box && one("input[name=digest]", box)?.value;
function guard(from, to) {
  all(".gatebox", to).forEach((box) => {
    const before = from && one("#" + box.id, from);
    if (before && digestOf(before) === digestOf(box)) return;
    const buttons = all("button[name=decision]", box);
    buttons.forEach((button) => { button.disabled = true; });
    const open = () => buttons.forEach((button) => { button.disabled = false; });
    if (!before) { setTimeout(open, 800); return; }
    const note = document.createElement("p"), look = document.createElement("button");
    note.className = "note bad";
    note.setAttribute("role", "alert");
    note.append("It changed while you looked. Nothing was decided, and this is its new preview. ");
    look.type = "button";
    look.className = "btn small";
    look.textContent = "I have looked at it";
    look.addEventListener("click", () => { open(); note.remove(); box.focus(); });
    note.append(look);
    one(".decide", box)?.before(note);
  });
}
function withFocus(change) {
  const focused = document.activeElement, id = focused?.id, box = focused?.closest(".gatebox")?.id;
  const kind = focused?.matches("[data-approve]") ? "[data-approve]" : focused?.matches("[data-deny]") ? "[data-deny]" : "";
  change();
  if (focused?.isConnected) return;
  // A button of a preview that changed is not focused again: its box is, so that Enter decides nothing unseen.
  const goal = (id && document.getElementById(id)) || (box && kind && document.getElementById(box));
  goal?.focus({ preventScroll: true });
}
function replacePart(name, html) {
  const part = one(`#part-${name}`);
  if (!part) return;
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  withFocus(() => {
    const children = [...fresh.children];
    if (children.length && children.every((child) => child.id)) {
      const known = new Set(children.map((child) => child.id));
      [...part.children].forEach((child) => { if (!known.has(child.id)) child.remove(); });
      children.forEach((child, position) => {
        const markup = markupOf(child), old = document.getElementById(child.id);
        if (old && raw.get(child.id) === markup) return;
        raw.set(child.id, markup);
        localize(child);
        guard(old, child);
        if (old) { keepState(old, child); old.replaceWith(child); } else part.insertBefore(child, part.children[position] || null);
      });
    } else {
      keepState(part, fresh);
      localize(fresh);
      part.replaceChildren(...fresh.childNodes);
    }
  });
}

function showWaiting(count, title) {
  document.title = (count > 0 ? `(${count}) ` : "") + title + " · skyflo";
  const icon = one("#icon");
  if (icon) icon.href = count > 0 ? icon.dataset.waiting : icon.dataset.plain;
  const heading = one("#title");
  if (heading && heading.textContent !== title) heading.textContent = title;
}

// What the model says while it says it: text, never markup.
const live = { box: one("#live"), text: one("#live-text"), note: one("#live-note"), thinking: one("#live-thinking"), thought: one("#live-thought") };
function clearLive() {
  if (!live.box) return;
  live.text.textContent = live.thought.textContent = live.note.textContent = "";
  live.thinking.hidden = live.box.hidden = true;
}
function atEnd() { return innerHeight + scrollY >= document.documentElement.scrollHeight - 80; }
function say(element, text) {
  const follows = atEnd();
  live.box.hidden = false;
  element.append(text);
  if (follows) scrollTo(0, document.documentElement.scrollHeight);
}
const told = {
  "turn": clearLive,
  "generation.start": clearLive,
  "token": (event) => say(live.text, event.text),
  "thinking": (event) => { live.thinking.hidden = false; say(live.thought, event.text); },
  "token.retracted": () => { live.text.textContent = ""; },
  "transient_error": (event) => {
    if (event.restarts) live.text.textContent = live.thought.textContent = "";
    live.box.hidden = false;
    live.note.textContent = `The model doesn't answer (${event.error}); trying again.`;
  },
  "takeover": clearLive,
  "generation.complete": (event) => { if (event.tool_calls > 0 || event.content === "") clearLive(); },
};

function follow(address) {
  const source = new EventSource(address);
  source.addEventListener("parts", (message) => {
    const view = JSON.parse(message.data);
    const follows = atEnd();
    Object.entries(view.parts).forEach(([name, html]) => replacePart(name, html));
    showWaiting(view.waiting, view.title);
    if (!view.running) clearLive();
    if (follows) scrollTo(0, document.documentElement.scrollHeight);
  });
  Object.entries(told).forEach(([name, show]) =>
    source.addEventListener(name, (message) => { if (live.box) show(JSON.parse(message.data)); }));
  source.addEventListener("end", (message) => {
    source.close();
    const note = document.createElement("p");
    note.className = "note bad page-note";
    note.setAttribute("role", "status");
    note.textContent = `This page is no longer kept up to date: ${JSON.parse(message.data).reason}. Reload it to go on.`;
    one("#main").prepend(note);
  });
  addEventListener("pagehide", () => source.close());
}

all("[data-part]").forEach(remember);
localize(document);
const events = one("[data-events]");
if (events) follow(events.dataset.events);
