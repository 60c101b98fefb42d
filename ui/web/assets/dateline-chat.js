// The chat: the question box, what goes along with a question, and what a turn's buttons do.
(() => {
  "use strict";

  const dl = window.dateline;
  const MAX_QUESTION = 16 * 1024;
  let last = null;
  let next = {};
  let editing = 0;

  // Gradio's Ask sends the box's text; this goes along as JSON, once.
  dl.wanted = () => {
    dl.lookAtAccount();
    const filters = dl.filters ? dl.filters() : {};
    const wish = { filters, seen: dl.seen(), kept: dl.keptAs(), ...(dl.settings ? dl.settings() : {}), ...(editing ? { replaces: editing } : {}), ...next };
    next = {};
    edit(0);
    return JSON.stringify(wish);
  };

  dl.ask = (question, more = {}) => {
    next = { question, ...more };
    if (dl.root.dataset.view !== "chat") location.hash = "#/";
    document.getElementById("dl-ask").click();
  };

  const box = () => document.querySelector("#dl-question textarea");

  function fill(text) {
    const area = box();
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
    set.call(area, text);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

  function edit(number) {
    editing = number;
    const notice = document.getElementById("dl-editing");
    if (!number) { if (notice) notice.remove(); return; }
    if (notice) return;
    const bar = dl.make("p", { id: "dl-editing", role: "status" }, dl.word("editing") + " ");
    bar.append(dl.make("button", { type: "button", class: "dl-plain", "data-act": "unedit" }, dl.word("cancel")));
    document.getElementById("dl-composing").prepend(bar);
  }

  const turnOf = (button) => button.closest(".dl-turn");
  const questionOf = (turn) => turn.querySelector(".dl-question").textContent;

  function copyText(turn) {
    const claims = [...turn.querySelectorAll(".dl-claim")].map((claim) => {
      const words = claim.cloneNode(true);
      for (const chips of words.querySelectorAll(".dl-chips, .dl-why")) chips.remove();
      const numbers = [...claim.querySelectorAll(".dl-chip")].map((c) => "[" + c.firstChild.textContent + "]");
      return words.textContent.trim() + (numbers.length ? " " + numbers.join("") : "");
    });
    const sources = new Map();
    for (const chip of turn.querySelectorAll(".dl-chip")) {
      const url = chip.dataset.url;
      const link = /^https?:/.test(url) ? url : chip.href;
      sources.set(chip.firstChild.textContent, `[${chip.firstChild.textContent}] ${chip.dataset.cite} ${link}`);
    }
    return [questionOf(turn), ...claims, [...sources.values()].join("\n")].join("\n\n");
  }

  async function put(text) {
    if (navigator.clipboard && isSecureContext) { await navigator.clipboard.writeText(text); return; }
    const area = dl.make("textarea", { class: "dl-sr" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  function said(button, text) {
    const before = button.textContent;
    button.textContent = text;
    setTimeout(() => { button.textContent = before; }, 1600);
  }

  Object.assign(dl.acts, {
    copy: async (button) => {
      await put(copyText(turnOf(button)));
      said(button, dl.word("copied"));
    },
    retry: (button) => {
      const turn = turnOf(button);
      dl.ask(questionOf(turn), { replaces: Number(turn.dataset.turn) });
    },
    as: (button) => {
      const turn = turnOf(button);
      dl.ask(questionOf(turn), { replaces: Number(turn.dataset.turn), request: button.dataset.request });
    },
    edit: (button) => {
      const turn = turnOf(button);
      edit(Number(turn.dataset.turn));
      fill(questionOf(turn));
    },
    unedit: () => { edit(0); fill(""); },
    ask: (button) => dl.ask(button.textContent),
    timeline: (button) => {
      location.hash = "#/timeline?q=" + encodeURIComponent(questionOf(turnOf(button)));
    },
    narrow: (button) => {
      const turn = turnOf(button);
      const { since, until } = button.dataset;
      dl.setFilters({ ...dl.filters(), since, until });
      dl.ask(questionOf(turn), { replaces: Number(turn.dataset.turn) });
    },
    drop: (button) => {
      const turn = turnOf(button);
      const filters = JSON.parse(turn.dataset.filters);
      for (const name of button.dataset.names.split(" ")) {
        if (Array.isArray(filters[name])) {
          filters[name] = filters[name].filter((v) => v !== button.dataset.value);
        } else delete filters[name];
      }
      // What was read in the question stays unread when it is asked again.
      const unread = [...(turn.dataset.unread || "").split(" ").filter(Boolean), ...button.dataset.names.split(" ")];
      dl.setFilters(filters);
      dl.ask(questionOf(turn), { replaces: Number(turn.dataset.turn), filters, unread });
    },
  });

  // A new turn starts at the top of the view; what streams in then grows downward.
  function newTurn() {
    const turns = dl.all(".dl-turn");
    const busy = turns.some((turn) => turn.dataset.progress === "asking");
    if (dl.root.classList.contains("dl-busy") !== busy) dl.root.classList.toggle("dl-busy", busy);
    dl.root.classList.toggle("dl-talking", turns.length > 0);
    const turn = turns.at(-1);
    const number = turn ? document.getElementById("dl-log").dataset.talk + "/" + turn.dataset.turn : null;
    if (number === last) return;
    last = number;
    dl.forgetSources();
    if (!turn) { dl.closeSheet(); dl.shutReader(); edit(0); return; }
    if (!dl.phone.matches) dl.shutReader();
    if (turns.length > 1) turn.scrollIntoView({ block: "start", behavior: dl.motion() });
  }
  dl.redrawn.unshift(newTurn);

  // Enter belongs to the input method while it composes (Korean, Japanese, Chinese), and a
  // question that is too long is not sent at all. Gradio sends on keypress.
  let composing = false;
  const typed = (event) => event.target instanceof HTMLTextAreaElement && event.target === box();
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !typed(event)) return;
    composing = event.isComposing || event.keyCode === 229;
    if (!composing && !event.shiftKey && tooLong(event.target)) {
      event.stopImmediatePropagation();
      event.preventDefault();
    }
  }, true);
  document.addEventListener("keypress", (event) => {
    if (event.key !== "Enter" || !typed(event) || !(composing || event.isComposing)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("#dl-ask")
        && !next.question && tooLong(box())) event.stopImmediatePropagation();
  }, true);
  document.addEventListener("input", (event) => { if (typed(event)) tooLong(event.target); });

  function tooLong(area) {
    const bytes = new TextEncoder().encode(area.value).length;
    const long = bytes > MAX_QUESTION;
    let notice = document.getElementById("dl-too-long");
    if (long && !notice) {
      notice = dl.make("p", { id: "dl-too-long", role: "alert" });
      document.getElementById("dl-composer").append(notice);
    }
    const text = dl.word("too_long_now", { size: Math.ceil(bytes / 1024) });
    if (notice) notice.textContent = long ? text : "";
    return long;
  }
})();
