// The frame of the page in the browser: theme, words, and what the other scripts share.
// Markup comes from the server, already escaped; nothing here builds HTML from text.
(() => {
  "use strict";

  const root = document.documentElement;
  const phone = matchMedia("(max-width: 900px)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const system = matchMedia("(prefers-color-scheme: dark)");

  const kept = (name) => {
    try { return localStorage.getItem(name); } catch { return null; }
  };
  const keep = (name, value) => {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, value);
    } catch { /* private window */ }
  };

  // Theme: the system's until the reader chooses. Gradio's own class follows ours.
  function theme() {
    const dark = (kept("dateline-theme") || (system.matches ? "dark" : "light")) === "dark";
    root.dataset.theme = dark ? "dark" : "light";
    if (document.body && document.body.classList.contains("dark") !== dark) {
      document.body.classList.toggle("dark", dark);
    }
    for (const button of document.querySelectorAll("[data-act=theme]")) {
      const label = dark ? button.dataset.light : button.dataset.dark;
      if (button.textContent !== label) button.textContent = label;
    }
  }
  function chooseTheme(value) {
    keep("dateline-theme", value === "system" ? null : value);
    theme();
  }
  theme();
  system.addEventListener("change", theme);

  // The words that scripts need, in the reader's language, come with the masthead.
  let words = {};
  function word(key, values = {}) {
    const holder = document.getElementById("dl-words");
    if (holder && holder.dataset.words && words.source !== holder) {
      words = { ...JSON.parse(holder.dataset.words), source: holder };
      root.lang = holder.lang;
    }
    return (words[key] || "").replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  }

  function make(tag, attributes = {}, text = "") {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  }

  // A page of the server's: what stands in its <main>.
  async function fetched(address) {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const main = page.querySelector("main");
    return { title: page.title, nodes: [...main.childNodes].map((n) => document.importNode(n, true)) };
  }

  const acts = {
    theme: () => chooseTheme(root.dataset.theme === "dark" ? "light" : "dark"),
  };
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element && event.target.closest("[data-act]");
    if (target && acts[target.dataset.act]) acts[target.dataset.act](target, event);
  });

  // Gradio redraws what it shows; whoever needs to know is told once a redraw.
  const redrawn = [];
  function start() {
    theme();
    if (document.body.classList.contains("dl-page")) return;
    let due = false;
    const observer = new MutationObserver(() => {
      if (due) return;
      due = true;
      queueMicrotask(() => {
        due = false;
        for (const tell of redrawn) tell();
        theme();
        observer.takeRecords();
      });
    });
    observer.observe(document.body, {
      childList: true, subtree: true, characterData: true,
      attributes: true, attributeFilter: ["data-progress", "data-turn"],
    });
    for (const tell of redrawn) tell();
  }

  window.dateline = {
    root, phone, still, acts, redrawn, word, make, fetched, keep, kept, chooseTheme,
    all: (selector) => [...document.querySelectorAll(selector)],
    motion: () => (still.matches ? "auto" : "smooth"),
  };
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
