// The search box and the copy buttons. Every page works without this script.
"use strict";
const root = document.body.dataset.root;

for (const block of document.querySelectorAll("pre")) {
  const box = document.createElement("div");
  box.className = "box";
  block.replaceWith(box);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const text = block.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // The clipboard API may be missing for pages that are opened as files.
      getSelection().selectAllChildren(block);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    button.classList.add("done");
    setTimeout(() => { button.textContent = "Copy"; button.classList.remove("done"); }, 1500);
  });
  box.append(block, button);
}

const current = document.querySelector("#nav [aria-current]");
const nav = document.getElementById("nav");
if (current && getComputedStyle(nav).position === "sticky") {
  nav.scrollTop = current.offsetTop - nav.clientHeight / 3;
}
// Opens the closed sections that the address points into.
function reveal() {
  const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  let closed;
  while ((closed = place && place.closest("details:not([open])"))) { closed.open = true; place.scrollIntoView(); }
}
addEventListener("hashchange", reveal);
reveal();

const field = document.getElementById("search");
const found = document.getElementById("found");
field.closest(".search").hidden = false;
let index;

function load() {
  if (index !== undefined) return;
  index = null;
  const script = document.createElement("script");
  script.src = root + "search.js";
  script.onload = () => {
    index = window.referenceIndex.map(([kind, text, href, about, words]) => {
      return { kind, text, href, about, name: text.toLowerCase(), words: `${about} ${words}`.toLowerCase() };
    });
    show();
  };
  document.head.append(script);
}

const order = ["operation", "error code", "type", "page", "guide", "example", "description", "source"];
function score(entry, parts) {
  let sum = 0;
  for (const part of parts) {
    const words = ` ${entry.words} `;
    if (entry.name === part || words.includes(` ${part} `)) sum += 8;
    else if (entry.name.startsWith(part)) sum += 6;
    else if (entry.name.includes(part)) sum += 4;
    else if (words.includes(` ${part}`)) sum += 3;
    else if (words.includes(part)) sum += 1;
    else return 0;
  }
  return sum - order.indexOf(entry.kind) / 10;
}

function show() {
  const parts = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const open = parts.length > 0 && Boolean(index);
  found.replaceChildren();
  found.hidden = !open;
  field.setAttribute("aria-expanded", String(open));
  field.removeAttribute("aria-activedescendant");
  if (!open) return;
  const hits = index.map((entry) => [score(entry, parts), entry]).filter(([points]) => points > 0);
  hits.sort(([one], [other]) => other - one);
  for (const [number, [, entry]] of hits.slice(0, 12).entries()) {
    const item = document.createElement("li");
    item.id = `found-${number}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const link = document.createElement("a");
    link.href = root + entry.href;
    link.tabIndex = -1;
    link.textContent = entry.text;
    const about = document.createElement("small");
    about.textContent = entry.about ? `${entry.kind} · ${entry.about}` : entry.kind;
    link.append(about);
    item.append(link);
    found.append(item);
  }
  if (hits.length === 0) {
    const item = document.createElement("li");
    item.className = "nothing";
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.textContent = "Nothing found";
    found.append(item);
  } else {
    select(found.firstElementChild);
  }
}

function select(item) {
  for (const other of found.children) other.setAttribute("aria-selected", String(other === item));
  if (item.id) field.setAttribute("aria-activedescendant", item.id);
  item.scrollIntoView({ block: "nearest" });
}

field.addEventListener("focus", load);
field.addEventListener("input", () => { load(); show(); });
field.addEventListener("keydown", (event) => {
  const selected = found.querySelector("[aria-selected=true]");
  if (event.key === "Escape") { field.value = ""; show(); }
  if (!selected || found.hidden) return;
  if (event.key === "ArrowDown") { select(selected.nextElementSibling ?? found.firstElementChild); event.preventDefault(); }
  if (event.key === "ArrowUp") { select(selected.previousElementSibling ?? found.lastElementChild); event.preventDefault(); }
  if (event.key === "Enter") { selected.querySelector("a")?.click(); event.preventDefault(); }
});
document.addEventListener("keydown", (event) => {
  const writes = event.target.closest("input, textarea, [contenteditable]");
  if (event.key === "/" && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
    field.focus();
    event.preventDefault();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".search")) { found.hidden = true; field.setAttribute("aria-expanded", "false"); }
});
