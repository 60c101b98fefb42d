// The panel beside the chat: an answer's sources, and an article opened at the quoted sentence.
(() => {
  "use strict";

  const dl = window.dateline;
  const view = { turn: null, quote: null, from: null, asked: 0 };

  // Which turn's sources are shown, and which quote is the chosen one: applied after redraws.
  function apply() {
    const sections = dl.all("#dl-panel .dl-section");
    const shown = sections.find((s) => s.dataset.turn === view.turn) || sections.at(-1);
    for (const section of sections) section.hidden = section !== shown;
    for (const quote of dl.all("#dl-panel .dl-quote")) {
      quote.classList.toggle("is-current", quote.id === view.quote);
    }
    for (const chip of dl.all(".dl-chip[data-card]")) {
      if (chip.dataset.card === view.quote) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
  }
  dl.redrawn.push(apply);

  function forget() {
    view.turn = null;
    view.quote = null;
  }

  function head() {
    const bar = dl.make("div", { class: "dl-panel-head" });
    const back = dl.make("button", { type: "button", class: "dl-plain dl-back", "data-act": "back" });
    back.textContent = "← " + dl.word(dl.root.dataset.view === "chat" ? "back_to_sources" : "close");
    bar.append(back, dl.make("button", { type: "button", class: "dl-plain dl-close", "data-act": "close" }, dl.word("close")));
    return bar;
  }

  async function open(address, from) {
    const place = document.getElementById("dl-reader");
    const number = ++view.asked;
    let nodes;
    try {
      nodes = (await dl.fetched(address)).nodes;
    } catch {
      nodes = [dl.make("p", { class: "dl-quiet", role: "alert" }, dl.word("not_loaded"))];
    }
    if (number !== view.asked) return;
    place.replaceChildren(head(), ...nodes);
    dl.root.classList.add("dl-reading");
    openSheet(from);
    const box = document.getElementById("dl-sources");
    box.scrollTo({ top: 0 });
    const mark = place.querySelector("mark");
    // Below the fold the sentence is brought into view; else the headline stays in it too.
    if (mark && mark.getBoundingClientRect().bottom > box.getBoundingClientRect().bottom - 80) {
      mark.scrollIntoView({ block: "center" });
    }
    const headline = place.querySelector("h1");
    if (headline) headline.focus({ preventScroll: true });
    announce(place.querySelector("mark"));
  }

  // A screen reader hears which sentence is marked; its focus is on the headline.
  function announce(mark) {
    if (!mark) return;
    mark.id = "dl-marked";
    const headline = document.querySelector("#dl-reader h1");
    if (headline) headline.setAttribute("aria-describedby", "dl-marked");
  }

  function shut() {
    view.asked += 1;
    dl.root.classList.remove("dl-reading");
    const place = document.getElementById("dl-reader");
    if (place) place.replaceChildren();
  }

  function back() {
    const from = view.from;
    shut();
    if (dl.root.dataset.view !== "chat") closeSheet();
    if (from && from.isConnected) from.focus({ preventScroll: true });
  }

  // On a phone the panel is a sheet over the page; closing it gives the focus back.
  function openSheet(from) {
    view.from = from || document.activeElement;
    if (dl.phone.matches) dl.root.classList.add("dl-sheet");
  }
  function closeSheet() {
    if (!dl.root.classList.contains("dl-sheet")) return;
    dl.root.classList.remove("dl-sheet");
    const from = view.from;
    shut();
    if (from && from.isConnected) from.focus({ preventScroll: true });
    view.from = null;
  }

  function showSources(button) {
    view.turn = button.closest("[data-turn]").dataset.turn;
    view.quote = null;
    shut();
    apply();
    openSheet(button);
    document.querySelector("#dl-panel h2").focus({ preventScroll: true });
    document.getElementById("dl-sources").scrollTo({ top: 0 });
  }

  Object.assign(dl.acts, { close: closeSheet, back, sources: showSources });
  Object.assign(dl, { openArticle: open, shutReader: shut, closeSheet, forgetSources: forget });

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || document.body.classList.contains("dl-page")) return;
    const plain = !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0;
    const link = event.target.closest("a.dl-chip, a.dl-open");
    if (link && plain) {
      event.preventDefault();
      if (link.dataset.card) {
        view.quote = link.dataset.card;
        view.turn = link.closest("[data-turn]").dataset.turn;
        apply();
      }
      open(link.href, link.closest("#dl-reader") ? view.from : link);
      return;
    }
    const jump = event.target.closest('#dl-reader a[href^="#dl-"]');
    if (jump) {
      event.preventDefault();
      document.querySelector("#dl-reader " + jump.hash).scrollIntoView({ behavior: dl.motion() });
    }
    const outside = !event.target.closest("#dl-sources, [data-act]");
    if (outside && dl.root.classList.contains("dl-sheet")) closeSheet();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (dl.root.classList.contains("dl-sheet")) closeSheet();
    else if (dl.root.classList.contains("dl-reading")) back();
  });

  // The card of a citation, while it is pointed at or focused.
  function tip(chip) {
    const card = chip.querySelector(".dl-tip");
    if (!card || dl.phone.matches) return;
    card.classList.add("is-shown");
    const at = chip.getBoundingClientRect();
    const box = card.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left - 24, innerWidth - box.width - 8));
    const above = at.top - box.height - 8;
    card.style.left = left + "px";
    card.style.top = (above > 8 ? above : at.bottom + 8) + "px";
  }
  function untip() {
    for (const card of dl.all(".dl-tip.is-shown")) card.classList.remove("is-shown");
  }
  for (const [type, show] of [["pointerover", true], ["focusin", true], ["pointerout", false], ["focusout", false]]) {
    document.addEventListener(type, (event) => {
      const chip = event.target instanceof Element && event.target.closest(".dl-chip");
      if (!chip) return;
      if (show && (type === "pointerover" ? event.pointerType !== "touch" : chip.matches(":focus-visible"))) tip(chip);
      else if (!(event.relatedTarget instanceof Node && chip.contains(event.relatedTarget))) untip();
    });
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") untip(); });
  document.addEventListener("scroll", untip, true);
})();
