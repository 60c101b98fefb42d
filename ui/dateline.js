// What the page does in the browser: theme, citations, the panel of sources, the question box.
// Markup comes from the server, already escaped; nothing here builds HTML from text.
(() => {
  "use strict";

  const root = document.documentElement;
  const phone = matchMedia("(max-width: 900px)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const MAX_QUESTION = 16 * 1024;

  // Theme: the system's until the reader chooses. Gradio's own class follows ours.
  const stored = () => {
    try { return localStorage.getItem("dateline-theme"); } catch { return null; }
  };
  function theme() {
    const dark = (stored() || (system.matches ? "dark" : "light")) === "dark";
    root.dataset.theme = dark ? "dark" : "light";
    if (document.body && document.body.classList.contains("dark") !== dark) {
      document.body.classList.toggle("dark", dark);
    }
    for (const button of document.querySelectorAll("[data-act=theme]")) {
      const label = dark ? "Light" : "Dark";
      if (button.textContent !== label) button.textContent = label;
      button.setAttribute("aria-label", label + " theme");
    }
  }
  function switchTheme() {
    const next = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("dateline-theme", next); } catch { /* private window */ }
    theme();
  }
  theme();
  system.addEventListener("change", theme);

  // What the reader has opened. Gradio redraws the panel while an answer streams, so this
  // is kept here and applied again after every redraw.
  const view = { turn: null, last: null, quote: null, open: new Set(), full: new Map(), from: null };
  const all = (selector) => document.querySelectorAll(selector);
  const cardKey = (card) => card.dataset.turn + "/" + card.dataset.article;

  function set(element, name, value) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }

  function apply() {
    const sections = [...all("#dl-panel .dl-section")];
    const shown = sections.find((s) => s.dataset.turn === view.turn) || sections.at(-1);
    for (const section of sections) section.hidden = section !== shown;
    for (const card of all("#dl-panel .dl-card")) applyCard(card);
    for (const quote of all("#dl-panel .dl-quote")) {
      quote.classList.toggle("is-current", quote.id === view.quote);
    }
    for (const chip of all(".dl-chip")) {
      if (chip.dataset.card === view.quote) set(chip, "aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
    const busy = all('.dl-turn[data-progress="asking"]').length > 0;
    if (root.classList.contains("dl-busy") !== busy) root.classList.toggle("dl-busy", busy);
    root.classList.toggle("dl-talking", all(".dl-turn").length > 0);
  }

  function applyCard(card) {
    const key = cardKey(card);
    card.classList.toggle("is-open", view.open.has(key));
    set(card.querySelector("[data-act=card]"), "aria-expanded", String(view.open.has(key)));
    const body = view.full.get(key);
    const place = card.querySelector(".dl-full");
    if (body && place.firstElementChild !== body) place.replaceChildren(body);
    if (!body && place.firstChild) place.replaceChildren();
    place.hidden = !body;
    card.classList.toggle("is-full", Boolean(body));
    const button = card.querySelector("[data-act=full]");
    const label = body ? "Show the quote only" : "Read the whole article";
    if (button.textContent !== label) button.textContent = label;
    set(button, "aria-expanded", String(Boolean(body)));
  }

  // A new turn starts at the top of the view; what streams in then grows downward.
  function newTurn() {
    const turn = [...all(".dl-turn")].at(-1);
    const number = turn ? turn.dataset.turn : null;
    if (number === view.last) return;
    view.last = number;
    view.turn = null;
    view.quote = null;
    if (!turn) { view.open.clear(); view.full.clear(); closeSheet(); }
    else if (number !== "1") turn.scrollIntoView({ block: "start", behavior: still.matches ? "auto" : "smooth" });
  }

  function openQuote(id, chip) {
    const quote = document.getElementById(id);
    const card = quote && quote.closest(".dl-card");
    if (!card) return false;
    view.turn = card.dataset.turn;
    view.quote = id;
    view.open = new Set([cardKey(card)]);
    view.full.clear();
    apply();
    openSheet(chip);
    center(quote);
    if (chip) card.querySelector("[data-act=card]").focus({ preventScroll: true });
    return true;
  }

  function center(element) {
    const target = element.querySelector("mark") || element;
    target.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
  }

  function toggleCard(card) {
    const key = cardKey(card);
    if (view.open.delete(key)) view.full.delete(key);
    else view.open.add(key);
    apply();
  }

  async function toggleFull(card) {
    const key = cardKey(card);
    if (view.full.delete(key)) { apply(); return; }
    const inCard = card.contains(document.getElementById(view.quote));
    const link = inCard && document.querySelector(`.dl-chip[data-card="${view.quote}"]`);
    const address = link ? link.href : card.dataset.href;
    const button = card.querySelector("[data-act=full]");
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      view.full.set(key, document.importNode(page.querySelector(".dl-body"), true));
      view.open.add(key);
      apply();
      const mark = card.querySelector(".dl-full mark");
      if (mark) mark.scrollIntoView({ block: "center" });
    } catch {
      button.textContent = "The article could not be loaded. Try again";
    }
  }

  // On a phone the panel is a sheet over the chat; closing it gives the focus back.
  function openSheet(from) {
    if (!phone.matches) return;
    view.from = from || document.activeElement;
    root.classList.add("dl-sheet");
    const top = view.from.getBoundingClientRect().top;
    scrollBy({ top: top - innerHeight * 0.14, behavior: still.matches ? "auto" : "smooth" });
  }
  function closeSheet() {
    if (!root.classList.contains("dl-sheet")) return;
    root.classList.remove("dl-sheet");
    if (view.from && view.from.isConnected) view.from.focus({ preventScroll: true });
    view.from = null;
  }

  function showSources(button) {
    view.turn = button.dataset.turn;
    view.quote = null;
    apply();
    openSheet(button);
    const heading = document.querySelector("#dl-panel h2");
    heading.focus({ preventScroll: true });
    document.getElementById("dl-sources").scrollTo({ top: 0 });
  }

  const acts = {
    theme: switchTheme,
    close: closeSheet,
    card: (button) => toggleCard(button.closest(".dl-card")),
    full: (button) => toggleFull(button.closest(".dl-card")),
    sources: showSources,
  };

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const chip = event.target.closest(".dl-chip");
    const plain = !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0;
    if (chip && plain && openQuote(chip.dataset.card, chip)) event.preventDefault();
    const button = event.target.closest("[data-act]");
    if (button && acts[button.dataset.act]) acts[button.dataset.act](button);
    if (!button && !chip && root.classList.contains("dl-sheet")
        && !event.target.closest("#dl-sources")) closeSheet();
  });

  // Enter belongs to the input method while it composes (Korean, Japanese, Chinese), and a
  // question that is too long is not sent at all. Gradio sends on keypress.
  let composing = false;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeSheet();
    if (event.key !== "Enter" || !(event.target instanceof HTMLTextAreaElement)) return;
    composing = event.isComposing || event.keyCode === 229;
    if (!composing && !event.shiftKey && tooLong(event.target)) {
      event.stopImmediatePropagation();
      event.preventDefault();
    }
  }, true);
  document.addEventListener("keypress", (event) => {
    if (event.key !== "Enter" || !(composing || event.isComposing)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("#dl-ask")
        && tooLong(document.querySelector("#dl-question textarea"))) {
      event.stopImmediatePropagation();
    }
  }, true);
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLTextAreaElement) tooLong(event.target);
  });

  function tooLong(box) {
    const bytes = new TextEncoder().encode(box.value).length;
    const long = bytes > MAX_QUESTION;
    const text = `This question is too long: ${Math.ceil(bytes / 1024)} kB of 16 kB.`;
    let notice = document.getElementById("dl-too-long");
    if (long && !notice) {
      notice = document.createElement("p");
      notice.id = "dl-too-long";
      notice.setAttribute("role", "alert");
      document.getElementById("dl-composer").append(notice);
    }
    if (notice) notice.textContent = long ? text : "";
    return long;
  }

  function start() {
    theme();
    let due = false;
    const observer = new MutationObserver(() => {
      if (due) return;
      due = true;
      queueMicrotask(() => {
        due = false;
        newTurn();
        apply();
        theme();
        observer.takeRecords();
      });
    });
    observer.observe(document.body, {
      childList: true, subtree: true, characterData: true,
      attributes: true, attributeFilter: ["data-progress", "data-turn"],
    });
    apply();
  }
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
