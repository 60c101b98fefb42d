// The filters of the chat: what is in force as chips over the question box, and the form.
(() => {
  "use strict";

  const dl = window.dateline;
  const TYPING = 200; // milliseconds without a key after which what was typed is looked for
  const DAYS = ["since", "until", "as_of"];
  const CHECKS = ["outlets", "subjects", "places"];
  const NAMES = [...DAYS, "languages", ...CHECKS];
  let chosen = {};
  try { chosen = JSON.parse(sessionStorage.getItem("dateline-filters") || "{}"); } catch { /* none */ }

  const set = (name) => (Array.isArray(chosen[name]) ? chosen[name].length > 0 : Boolean(chosen[name]));
  dl.filters = () => Object.fromEntries(NAMES.filter(set).map((name) => [name, chosen[name]]));
  dl.setFilters = (filters) => {
    chosen = { ...filters };
    try { sessionStorage.setItem("dateline-filters", JSON.stringify(dl.filters())); } catch { /* private */ }
    draw();
    fill();
  };

  const day = (iso) => new Intl.DateTimeFormat(dl.root.lang === "ko" ? "ko" : "en-GB",
    { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(iso + "T00:00:00Z"));

  function texts() {
    const f = dl.filters();
    const found = [];
    if (f.since && f.until) found.push([["since", "until"], null, dl.word("period", { since: day(f.since), until: day(f.until) })]);
    else if (f.since) found.push([["since"], null, dl.word("since", { day: day(f.since) })]);
    else if (f.until) found.push([["until"], null, dl.word("until", { day: day(f.until) })]);
    if (f.as_of) found.push([["as_of"], null, dl.word("as_of", { day: day(f.as_of) })]);
    for (const name of f.outlets || []) found.push([["outlets"], name, name]);
    const names = new Intl.DisplayNames([dl.root.lang || "en"], { type: "language", fallback: "code" });
    for (const code of f.languages || []) found.push([["languages"], code, dl.word("in_language", { language: names.of(code) })]);
    for (const name of f.subjects || []) found.push([["subjects"], name, dl.word("of_subject", { name })]);
    for (const name of f.places || []) found.push([["places"], name, dl.word("of_place", { name })]);
    return found;
  }

  // The bar over the question box; drawn again only when what it says has changed.
  let drawn = "";
  function draw() {
    const bar = document.getElementById("dl-filters-bar");
    if (!bar || !dl.word("filters")) return;
    const now = texts();
    const state = JSON.stringify([now, dl.root.lang]);
    if (state === drawn && bar.firstChild) return;
    drawn = state;
    const open = dl.make("button", {
      type: "button", class: "dl-plain", "data-act": "filter", "aria-controls": "dl-choose",
      "aria-expanded": String(Boolean(document.getElementById("dl-choose"))),
    }, now.length ? dl.word("filters_on", { n: now.length }) : dl.word("filters"));
    const list = dl.make("ul", { "aria-label": dl.word("filters") });
    for (const [names, value, text] of now) {
      const item = dl.make("li", { class: "dl-filter" });
      const remove = dl.make("button", { type: "button", "aria-label": dl.word("drop_filter", { what: text }) }, `${text} ×`);
      remove.addEventListener("click", () => {
        const left = { ...chosen };
        for (const name of names) {
          if (value === null) delete left[name];
          else left[name] = left[name].filter((v) => v !== value);
        }
        dl.setFilters(left);
        document.querySelector("[data-act=filter]").focus();
      });
      item.append(remove);
      list.append(item);
    }
    bar.replaceChildren(open, ...(now.length ? [list] : []));
  }
  dl.redrawn.push(draw);

  const form = () => document.querySelector("#dl-choose form");
  const query = (more = {}) => {
    const values = new URLSearchParams(more);
    for (const [name, value] of Object.entries(dl.filters())) for (const one of [value].flat()) values.append(name, one);
    return values;
  };

  async function toggle() {
    const there = document.getElementById("dl-choose");
    if (there) { shut(); return; }
    const holder = dl.make("div", { id: "dl-choose", role: "dialog", "aria-label": dl.word("filters") });
    document.getElementById("dl-composing").prepend(holder);
    document.querySelector("[data-act=filter]").setAttribute("aria-expanded", "true");
    try {
      holder.replaceChildren(...(await dl.fetched("/view/filters?" + query())).nodes);
    } catch {
      holder.replaceChildren(dl.make("p", { class: "dl-quiet", role: "alert" }, dl.word("not_loaded")));
      return;
    }
    fill();
    const first = holder.querySelector("input, select, button");
    if (first) first.focus();
  }
  function shut() {
    const there = document.getElementById("dl-choose");
    if (!there) return;
    there.remove();
    const button = document.querySelector("[data-act=filter]");
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }

  // Filters to form, and form to filters.
  function fill() {
    const f = form();
    if (!f) return;
    for (const name of DAYS) f.elements[name].value = chosen[name] || "";
    f.elements.languages.value = (chosen.languages || [])[0] || "";
    for (const name of CHECKS) {
      for (const check of f.querySelectorAll(`[name=${name}]`)) check.checked = (chosen[name] || []).includes(check.value);
    }
    slide();
  }
  function read() {
    const f = form();
    const value = (name) => f.elements[name].value;
    const checked = (name) => [...f.querySelectorAll(`[name=${name}]:checked`)].map((check) => check.value);
    return {
      ...Object.fromEntries(DAYS.map((name) => [name, value(name)])),
      languages: value("languages") ? [value("languages")] : [],
      ...Object.fromEntries(CHECKS.map((name) => [name, checked(name)])),
    };
  }

  // The server finds the names that hold what is typed; the last search to begin is shown.
  let searches = 0;
  let typed = 0;
  function look(input) {
    clearTimeout(typed);
    typed = setTimeout(async () => {
      const number = ++searches;
      const name = input.dataset.find;
      try {
        const { nodes } = await dl.fetched(`/view/${name}?${query({ q: input.value })}`);
        if (number !== searches || !form()) return;
        form().querySelector(`[data-found=${name}]`).replaceChildren(...nodes);
        fill();
      } catch {
        form()?.querySelector(`[data-found=${name}] [role=status]`)?.replaceChildren(dl.word("not_loaded"));
      }
    }, TYPING);
  }

  const bars = () => [...form().querySelectorAll(".dl-chart [data-first]")];
  // The sliders follow the days, the chart dims what is left out.
  function slide() {
    const [from, to] = ["from", "to"].map((end) => form().querySelector(`[data-end=${end}]`));
    if (!from) return;
    const all = bars();
    const { since, until } = chosen;
    const low = since ? all.findIndex((bar) => bar.dataset.last >= since) : 0;
    const high = until ? all.findLastIndex((bar) => bar.dataset.first <= until) : all.length - 1;
    from.value = low < 0 ? all.length - 1 : low;
    to.value = high < 0 ? 0 : high;
    all.forEach((bar, i) => bar.classList.toggle("is-out", i < Number(from.value) || i > Number(to.value)));
    const text = since || until ? texts().find(([names]) => names[0] === "since" || names[0] === "until")[2] : "";
    const line = form().querySelector(".dl-period");
    line.textContent = text || line.dataset.all;
    from.setAttribute("aria-valuetext", day(all[from.value].dataset.first));
    to.setAttribute("aria-valuetext", day(all[to.value].dataset.last));
  }
  function slid(input) {
    const all = bars();
    const [from, to] = ["from", "to"].map((end) => form().querySelector(`[data-end=${end}]`));
    if (Number(from.value) > Number(to.value)) {
      if (input === from) from.value = to.value; else to.value = from.value;
    }
    const since = Number(from.value) > 0 ? all[from.value].dataset.first : "";
    const until = Number(to.value) < all.length - 1 ? all[to.value].dataset.last : "";
    dl.setFilters({ ...chosen, since, until });
  }

  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!(input instanceof Element) || !input.closest("#dl-choose")) return;
    if (input.dataset.end) slid(input);
    else if (input.dataset.find) look(input);
    else dl.setFilters(read());
  });
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("#dl-choose")) return;
    event.preventDefault();
    shut();
    document.querySelector("#dl-question textarea").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") shut();
    // Enter in the search for a name looks for it, and leaves the form open
    if (event.key === "Enter" && event.target.matches?.("[data-find]")) event.preventDefault();
  });
  Object.assign(dl.acts, {
    filter: toggle,
    clear: () => dl.setFilters({}),
    filters: (chip) => {
      dl.setFilters(JSON.parse(chip.closest(".dl-turn").dataset.filters));
      if (!document.getElementById("dl-choose")) toggle();
    },
  });
})();
