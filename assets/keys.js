/* Keys, focus and looks. Keys are attributes of visible buttons and links: no button, no key.
   data-key="p", "g i", "mod+k,/"   pressing it clicks the element
   data-row, data-row-link          a grid row and the link that opens it; data-row-box its checkbox
   data-escape                      the button Escape presses, in the top-most layer
   data-autofocus                   takes the focus when it appears or its value changes
   data-trap, data-trap="narrow"    keeps the focus in (always, or below 1280 px); the rest is inert
   data-focus="id"                  a link that moves the focus
   data-turn, data-value            a field the server may fill: a new turn puts the value in
   data-current="invoice"           a table whose row of that id in the address is the current one
   data-grip, data-moved            a handle that drags its row; the field that hears "from to turn"
   data-copy="id"                   copies that field's text; data-copy-link the page's address
   data-combo                       an input whose listbox answers to the arrows and Enter
   data-theme-set, data-density-set, data-keys-set, data-nav-toggle, data-notice-dismiss */
(() => {
  "use strict";
  const root = document.documentElement;
  const NARROW = matchMedia("(max-width: 1279.98px)");
  const DARK = matchMedia("(prefers-color-scheme: dark)");
  const NEVER = new Set(["s", "p", "f", "n", "t", "w"]);
  const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex]";
  const all = (what, within = document) => [...within.querySelectorAll(what)];

  /* ---------- looks: kept in the browser ---------- */
  const recall = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window */ } };
  const SETTINGS = { theme: ["theme", "system"], density: ["density", "normal"], keys: ["billing.keys", "on"] };
  const setting = (name) => (recall(SETTINGS[name][0]) || SETTINGS[name][1]).replaceAll('"', "");

  function applyLooks() {
    const theme = setting("theme");
    const dark = theme === "dark" || (theme !== "light" && DARK.matches);
    if (root.classList.contains("dark") !== dark) root.classList.toggle("dark", dark);
    if (root.classList.contains("light") === dark) root.classList.toggle("light", !dark);
    root.dataset.density = setting("density");
    showChoices();
  }

  function showChoices() {
    for (const name of Object.keys(SETTINGS)) {
      for (const button of all(`[data-${name}-set]`)) {
        const pressed = String(button.getAttribute(`data-${name}-set`) === setting(name));
        const state = button.matches("[role=menuitemradio]") ? "aria-checked" : "aria-pressed";
        if (button.getAttribute(state) !== pressed) button.setAttribute(state, pressed);
      }
    }
  }

  /* ---------- what can be pressed now ---------- */
  const isVisible = (el) => el.getClientRects().length > 0 && getComputedStyle(el).visibility !== "hidden";
  const isLive = (el) => isVisible(el) && !el.disabled && el.getAttribute("aria-disabled") !== "true" && !el.closest("[inert]");
  const isTyping = (el) => Boolean(el) && (el.isContentEditable || el.matches("textarea, select") ||
    (el.matches("input") && !["checkbox", "radio", "button", "submit", "reset", "file", "range"].includes(el.type)));
  const carriers = (key) => all("[data-key]").filter((el) => el.dataset.key.split(",").includes(key) && isLive(el));
  const press = (el) => { if (el) el.click(); return Boolean(el); };

  /* ---------- rows ---------- */
  let anchor = null;
  let opening = 0;
  const rows = () => all("[data-row]").filter(isLive);
  const rowHere = () => document.activeElement?.closest("[data-row]");
  const linkOf = (row) => row?.querySelector("[data-row-link]") || row?.querySelector("a[href], button");
  const boxOf = (row) => row?.querySelector("[data-row-box], input[type=checkbox]");

  function step(by) {
    const list = rows();
    if (!list.length) return false;
    const from = list.indexOf(rowHere() || document.querySelector("[data-row][aria-current]"));
    const to = list[Math.min(list.length - 1, Math.max(0, from < 0 ? 0 : from + by))];
    linkOf(to)?.focus();
    to.scrollIntoView({ block: "nearest" });
    if (document.querySelector(".drawer") && !NARROW.matches) {
      clearTimeout(opening);
      opening = setTimeout(() => linkOf(to)?.click(), 120);
    }
    return true;
  }

  function select(row, ranged) {
    const box = boxOf(row);
    if (!box) return false;
    if (ranged && anchor?.isConnected && anchor !== row) range(anchor, row, true);
    else box.click();
    anchor = row;
    return true;
  }

  function range(from, to, checked, except = null) {
    const list = rows();
    const [first, last] = [list.indexOf(from), list.indexOf(to)].sort((one, other) => one - other);
    if (first < 0) return;
    for (const row of list.slice(first, last + 1)) {
      const box = boxOf(row);
      if (box && box !== except && box.checked !== checked) box.click();
    }
  }

  /* ---------- lists that an input commands ---------- */
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const chosen = (list) => list?.querySelector("[role=option][aria-selected=true]");

  function choose(input, option) {
    const list = listOf(input);
    for (const other of all("[role=option]", list)) {
      const state = String(other === option);
      if (other.getAttribute("aria-selected") !== state) other.setAttribute("aria-selected", state);
    }
    const id = option?.id || "";
    if ((input.getAttribute("aria-activedescendant") || "") !== id) {
      if (id) input.setAttribute("aria-activedescendant", id); else input.removeAttribute("aria-activedescendant");
    }
    option?.scrollIntoView({ block: "nearest" });
  }

  function refreshLists() {
    for (const input of all("[data-combo]")) {
      const list = listOf(input);
      if (!list) continue;
      const options = all("[role=option]", list);
      const now = chosen(list);
      const always = input.closest(".pal");
      if (options.length && (now ? input.getAttribute("aria-activedescendant") !== now.id : always)) choose(input, now || options[0]);
      if (!options.length) choose(input, null);
      for (const option of options) if (!option.hasAttribute("aria-selected")) option.setAttribute("aria-selected", "false");
    }
  }

  function combo(event, input) {
    const options = all("[role=option]", listOf(input) || input).filter(isVisible);
    if (!options.length) return false;
    const at = options.indexOf(chosen(listOf(input)));
    const moves = { ArrowDown: (at + 1) % options.length, ArrowUp: (at <= 0 ? options.length : at) - 1 };
    if (event.key in moves) { choose(input, options[moves[event.key]]); return true; }
    if (event.key === "Enter" && at >= 0 && !event.isComposing) { options[at].click(); return true; }
    return false;
  }

  /* ---------- menus: the browser opens and closes them, we place them and move in them ---------- */
  const openPanels = () => all("[popover]").filter((panel) => panel.matches(":popover-open"));

  function place(panel) {
    const opener = all("[popovertarget]").find((el) => el.getAttribute("popovertarget") === panel.id && isVisible(el));
    if (!opener) return;
    const from = opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel;
    const late = panel.matches(".panel") && from.left + from.right > innerWidth;
    const left = late || from.left + width > innerWidth - 8 ? from.right - width : from.left;
    const below = from.bottom + 4 + height <= innerHeight - 8 || from.top < height + 12;
    panel.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    panel.style.top = `${Math.max(8, below ? Math.min(from.bottom + 4, innerHeight - height - 8) : from.top - height - 4)}px`;
  }

  /* The browser closes a panel on Escape; one that a key opened leaves the focus nowhere. */
  let escaping = null;
  function focusOpener(panel) {
    escaping = null;
    const here = document.activeElement;
    if (here && here !== document.body && !panel.contains(here)) return;
    all("[popovertarget]").find((el) => el.getAttribute("popovertarget") === panel.id)?.focus();
  }

  document.addEventListener("toggle", (event) => {
    const panel = event.target;
    if (!(panel instanceof HTMLElement) || !panel.hasAttribute("popover")) return;
    const open = event.newState === "open";
    for (const opener of all("[popovertarget]")) {
      if (opener.getAttribute("popovertarget") === panel.id) opener.setAttribute("aria-expanded", String(open));
    }
    if (!open) { if (panel === escaping) focusOpener(panel); return; }
    place(panel);
    if (panel.getAttribute("role") === "menu") entries(panel)[0]?.focus();
    else (panel.querySelector("[data-autofocus]") || panel.querySelector(FOCUSABLE))?.focus();
  }, true);

  const entries = (panel) => all("[role=menuitem], [role=menuitemradio], [role=menuitemcheckbox], button, a[href]", panel).filter(isVisible);

  function inMenu(event, panel) {
    const list = entries(panel);
    const at = list.indexOf(document.activeElement);
    const moves = { ArrowDown: (at + 1) % list.length, ArrowUp: (at <= 0 ? list.length : at) - 1, Home: 0, End: list.length - 1 };
    if (event.key in moves) { list[moves[event.key]]?.focus(); return true; }
    if (event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const same = [...list.slice(at + 1), ...list.slice(0, at + 1)];
      same.find((el) => el.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
      return true;
    }
    return false;
  }

  /* ---------- dialogs: focus in, focus kept, focus back ---------- */
  const stack = [];
  let hidden = [];
  let lastFocus = null;
  const traps = () => all("[data-trap]").filter((el) => isVisible(el) && (el.dataset.trap !== "narrow" || NARROW.matches));

  const trace = (el) => ({ el, id: el?.id, row: el?.closest?.("[data-row]")?.dataset.row });
  function giveBack({ el, id, row }) {
    const now = el?.isConnected && isVisible(el) ? el : (id && document.getElementById(id)) ||
      (row && linkOf(document.querySelector(`[data-row="${CSS.escape(row)}"]`))) || linkOf(document.querySelector("[data-row][aria-current]"));
    (now || document.getElementById("main"))?.focus({ preventScroll: now !== el });
  }

  function seal() {
    const top = traps().at(-1);
    const outside = [];
    for (let el = top; el && el !== document.body; el = el.parentElement) {
      for (const other of el.parentElement.children) {
        if (other !== el && !other.matches("script, style, link, [data-never-inert]") && !other.querySelector?.(":scope > [data-never-inert]")) outside.push(other);
      }
    }
    for (const el of hidden) if (!outside.includes(el)) el.inert = false;
    for (const el of outside) if (!el.inert) el.inert = true;
    hidden = outside;
    for (const el of all("[data-trap=narrow]")) {
      const role = NARROW.matches ? "dialog" : null;
      if (el.getAttribute("role") === role) continue;
      if (role) { el.setAttribute("role", role); el.setAttribute("aria-modal", "true"); }
      else { el.removeAttribute("role"); el.removeAttribute("aria-modal"); }
    }
  }

  function follow() {
    const layers = all("[data-trap]").filter(isVisible);
    for (const gone of stack.filter((entry) => !layers.includes(entry.layer)).reverse()) {
      stack.splice(stack.indexOf(gone), 1);
      seal();
      if (!document.activeElement || document.activeElement === document.body) giveBack(gone.from);
    }
    seal();
    for (const layer of layers) {
      if (stack.some((entry) => entry.layer === layer)) continue;
      stack.push({ layer, from: trace(lastFocus) });
      const first = layer.querySelector("[data-autofocus]") || layer.querySelector("h2[tabindex]") || layer.querySelector(FOCUSABLE);
      first?.focus();
      if (first?.matches("input")) first.select();
    }
  }

  function keepInside(event) {
    const top = traps().at(-1);
    if (!top) return false;
    const list = all(FOCUSABLE, top).filter((el) => isLive(el) && el.tabIndex >= 0);
    const [first, last] = [list[0], list.at(-1)];
    const here = document.activeElement;
    if (!top.contains(here)) { first?.focus(); return true; }
    if (event.shiftKey ? here === first || here.tabIndex < 0 : here === last) { (event.shiftKey ? last : first)?.focus(); return true; }
    return false;
  }

  /* ---------- what appears ---------- */
  const seen = new WeakMap();
  const timers = new WeakMap();

  function arrivals() {
    for (const el of all("[data-autofocus]")) {
      const value = el.getAttribute("data-autofocus");
      if (seen.get(el) === value) continue;
      seen.set(el, value);
      if (!el.closest("[data-trap]") && !el.closest("[popover]") && isVisible(el)) el.focus();
      else if (el.matches("[role=group]") && isVisible(el)) el.focus();
    }
    for (const el of all("[data-notice-dismiss]")) {
      if (!timers.has(el)) timers.set(el, setTimeout(() => leave(el), 8000));
    }
    showChoices();
    refreshLists();
    follow();
    fill();
    markRow();
  }

  /* The row of the open record, named by the address. */
  function markRow() {
    const table = document.querySelector("[data-current]");
    if (!table) return;
    const id = document.querySelector(".drawer") && new URLSearchParams(location.search).get(table.dataset.current);
    for (const row of all("[data-row]", table)) {
      const isCurrent = row.dataset.id === id;
      if (isCurrent !== row.hasAttribute("aria-current")) row.toggleAttribute("aria-current", isCurrent);
      if (isCurrent) row.setAttribute("aria-current", "true");
    }
  }

  /* The field stays the same element, so focus and what is being typed are kept. */
  const turns = new WeakMap();
  function fill() {
    for (const el of all("[data-turn]")) {
      const { turn, value } = el.dataset;
      const before = turns.get(el);
      if (before?.turn === turn) continue;
      const isTyping = before && el === document.activeElement && el.value !== before.value;
      if (before && !isTyping) el.value = value;
      turns.set(el, { turn, value: el.value });
    }
  }

  function leave(el) {
    if (!el.isConnected) return;
    const notice = el.parentElement;
    if (notice.matches(":hover, :focus-within")) timers.set(el, setTimeout(() => leave(el), 2000));
    else el.click();
  }

  /* A new page of a long grid: what is in sight is drawn first, the rest a frame later. */
  const MANY = 20;
  function arriving(changes) {
    if (changes.filter((change) => change.attributeName === "data-id").length < MANY) return;
    const table = changes.find((change) => change.attributeName === "data-id").target.closest(".flat");
    if (!table) return;
    table.classList.add("arriving");
    requestAnimationFrame(() => setTimeout(() => table.classList.remove("arriving")));
    if (scrolled) scrolled.scrollTop = 0;
  }
  let scrolled = null; // asking a place how far it is scrolled would lay out the page at once
  addEventListener("scroll", ({ target }) => {
    if (target.classList?.contains("scroll")) scrolled = target.scrollTop ? target : null;
  }, { capture: true, passive: true });

  let waiting = false;
  new MutationObserver((changes) => {
    arriving(changes);
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => { waiting = false; arrivals(); });
  }).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-autofocus", "data-trap", "data-turn", "data-id", "hidden"] });

  /* ---------- the keyboard ---------- */
  let chord = "";
  let chordTimer = 0;

  function nameOf(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) return event.altKey ? "" : `mod+${key.toLowerCase()}`;
    return event.altKey ? "" : key;
  }

  function letter(name) {
    const wanted = chord ? `${chord} ${name}` : name;
    clearTimeout(chordTimer);
    chord = "";
    if (carriers(wanted).length) return press(carriers(wanted)[0]);
    if (all("[data-key]").some((el) => el.dataset.key.split(",").some((key) => key.startsWith(`${wanted} `)) && isLive(el))) {
      chord = wanted;
      chordTimer = setTimeout(() => { chord = ""; }, 1200);
      return true;
    }
    return menuKey(name);
  }

  /* An entry of a closed menu keeps its key as long as the menu's button can be pressed. */
  function menuKey(name) {
    const entry = all("[data-menu-key]").find((el) => {
      const panel = el.closest("[popover]");
      const opener = panel && all("[popovertarget]").find((one) => one.getAttribute("popovertarget") === panel.id);
      return el.dataset.menuKey === name && el.getAttribute("aria-disabled") !== "true" && opener && isLive(opener);
    });
    return press(entry);
  }

  function escape() {
    escaping = openPanels().at(-1) || null;
    if (escaping) return false;
    if (root.dataset.nav === "open") { nav(false); return true; }
    return press(all("[data-escape]").filter(isLive).at(-1));
  }

  function plain(event, name) {
    if (name === "ArrowDown" || name === "ArrowUp") {
      return rowHere() ? step(name === "ArrowDown" ? 1 : -1) : false;
    }
    if (name === "Enter") {
      const here = document.activeElement;
      return here?.matches("input[type=checkbox]") && rowHere() ? press(linkOf(rowHere())) : false;
    }
    if (setting("keys") === "off" || event.key.length !== 1) return false;
    if (event.shiftKey && /[a-z]/.test(name) && name !== "x") return false;
    if (!chord && (name === "j" || name === "k") && !carriers(name).length) return step(name === "j" ? 1 : -1);
    if (!chord && name === "x" && rowHere() && !carriers(name).length) return select(rowHere(), event.shiftKey);
    return letter(name);
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const name = nameOf(event);
    const here = document.activeElement;
    let done = false;
    if (name.startsWith("mod+") && NEVER.has(name.slice(4))) return;
    const menu = here?.closest("[role=menu]:popover-open");
    if (event.key === "Tab") { menu?.hidePopover(); done = !menu && keepInside(event); }
    else if (name === "Escape") done = escape();
    else if (menu) done = inMenu(event, menu);
    else if (here?.matches("[data-combo]") && combo(event, here)) done = true;
    else if (name === "mod+enter") done = press(near(here, "mod+enter"));
    else if (isTyping(here)) done = false;
    else if (here?.matches("[data-grip]") && (name === "ArrowUp" || name === "ArrowDown")) done = nudge(here, name === "ArrowUp" ? -1 : 1);
    else if (name.startsWith("mod+")) done = press(carriers(name)[0]);
    else done = plain(event, name);
    if (done) event.preventDefault();
  });

  /* The nearest carrier: of the same form or layer first. */
  const near = (here, key) => {
    const list = carriers(key);
    const home = here?.closest("form, [data-trap], main");
    return list.find((el) => home?.contains(el)) || list.at(-1);
  };

  /* ---------- the mouse ---------- */
  function nav(open) {
    if (open) root.dataset.nav = "open"; else delete root.dataset.nav;
    for (const button of all("[data-nav-toggle]")) button.setAttribute("aria-expanded", String(open));
    if (open) document.querySelector(".side a, .rail a")?.focus();
    else all("[data-nav-toggle]").find(isVisible)?.focus();
  }

  document.addEventListener("click", (event) => {
    const at = (what) => event.target.closest?.(what);
    for (const name of Object.keys(SETTINGS)) {
      const button = at(`[data-${name}-set]`);
      if (button) { keep(SETTINGS[name][0], button.getAttribute(`data-${name}-set`)); applyLooks(); }
    }
    const link = at("[data-focus]");
    if (link) {
      event.preventDefault();
      document.getElementById(link.dataset.focus)?.focus();
    }
    const copier = at("[data-copy]");
    const source = copier && document.getElementById(copier.dataset.copy);
    if (source) { source.select(); navigator.clipboard?.writeText(source.value); }
    if (at("[data-copy-link]")) navigator.clipboard?.writeText(location.href);
    if (at("[data-nav-toggle]")) nav(root.dataset.nav !== "open");
    else if (root.dataset.nav === "open" && (at(".side a, .rail a") || !at(".side, .rail"))) nav(false);
    const item = at("[popover] [role=menuitem]");
    if (item && item.getAttribute("aria-disabled") !== "true") item.closest("[popover]").hidePopover();
    const row = at("[data-row]");
    const box = row && at("[data-row-box], [data-row] input[type=checkbox]");
    if (box && event.isTrusted) {
      if (event.shiftKey && anchor?.isConnected && anchor !== row) range(anchor, row, box.checked, box);
      anchor = row;
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[aria-disabled=true]")) { event.preventDefault(); event.stopPropagation(); }
  }, true);

  /* ---------- dragging a row by its grip: the field data-moved hears where it went ---------- */
  let dragged = null;
  let drops = 0;
  const siblings = (row) => [...row.parentElement.children].filter((one) => one.querySelector("[data-grip]"));
  const underDrag = (event) => {
    const row = event.target.closest?.("tr");
    return dragged && row?.parentElement === dragged.parentElement && row.querySelector("[data-grip]") ? row : null;
  };

  function mark(row) {
    for (const one of all(".drop-above, .drop-below")) one.classList.remove("drop-above", "drop-below");
    if (!row || row === dragged) return;
    const list = siblings(row);
    row.classList.add(list.indexOf(row) < list.indexOf(dragged) ? "drop-above" : "drop-below");
  }

  function tell(row, from, to) {
    const field = row.closest("section").querySelector("[data-moved]");
    const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    set.call(field, `${from} ${to} ${++drops}`);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* The rows stay where they are and change their words, so the focus goes on to the line's new place. */
  function nudge(grip, by) {
    const row = grip.closest("tr");
    const list = siblings(row);
    const from = list.indexOf(row);
    const next = list[from + by];
    if (next) { tell(row, from, from + by); next.querySelector("[data-grip]").focus(); }
    return true;
  }

  document.addEventListener("dragstart", (event) => {
    if (!event.target.matches?.("[data-grip]")) return;
    dragged = event.target.closest("tr");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setDragImage(dragged, 0, 0);
  });
  document.addEventListener("dragover", (event) => {
    const row = underDrag(event);
    if (row) event.preventDefault();
    mark(row);
  });
  document.addEventListener("drop", (event) => {
    const row = underDrag(event);
    if (!row || row === dragged) return;
    event.preventDefault();
    const list = siblings(row);
    tell(row, list.indexOf(dragged), list.indexOf(row));
  });
  document.addEventListener("dragend", () => { dragged = null; mark(null); });

  document.addEventListener("focusin", (event) => {
    if (!event.target.closest("[popover]")) lastFocus = event.target;
  });

  NARROW.addEventListener("change", follow);
  DARK.addEventListener("change", applyLooks);
  addEventListener("storage", applyLooks);
  for (const move of ["resize", "scroll"]) addEventListener(move, (event) => {
    for (const panel of openPanels()) if (!(event.target instanceof Node && panel.contains(event.target))) place(panel);
  }, { capture: true, passive: true });
  new MutationObserver(applyLooks).observe(root, { attributes: true, attributeFilter: ["class"] });
  applyLooks();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", arrivals);
  else arrivals();
})();
