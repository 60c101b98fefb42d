// The other views: pages of the server shown in the chat's frame, addressed by the hash.
(() => {
  "use strict";

  const dl = window.dateline;
  let shown = null;
  let asked = 0;

  const place = () => document.getElementById("dl-view");
  const parts = () => {
    const [, name, query] = /^#\/(\w*)\??(.*)$/.exec(location.hash) || [null, "", ""];
    return { name: name || "chat", query };
  };

  function mark(name) {
    dl.root.dataset.view = name;
    for (const link of dl.all(".dl-nav a")) {
      if (link.dataset.view === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  async function route({ focus = true } = {}) {
    const { name, query } = parts();
    const address = `/view/${name}` + (query ? `?${query}` : "");
    if (name === "chat") {
      if (dl.root.dataset.view !== "chat") { dl.shutReader(); dl.closeSheet(); }
      shown = null;
      mark("chat");
      return;
    }
    if (shown === address) return;
    if (dl.root.dataset.view !== name) { dl.shutReader(); dl.closeSheet(); }
    shown = address;
    mark(name);
    await load(address, focus);
  }

  async function load(address, focus) {
    const number = ++asked;
    place().setAttribute("aria-busy", "true");
    let page;
    try {
      page = await dl.fetched(address);
    } catch {
      shown = null;
      page = { title: "Dateline", nodes: [failed(address)] };
    }
    if (number !== asked) return;
    place().replaceChildren(...page.nodes);
    place().removeAttribute("aria-busy");
    document.title = page.title;
    const title = place().querySelector("h1");
    if (focus && title) title.focus({ preventScroll: true });
    place().scrollTo({ top: 0 });
    for (const tell of dl.loaded) tell(place());
  }
  dl.loaded = [];
  dl.reload = () => { shown = null; return route({ focus: false }); };

  function failed(address) {
    const note = dl.make("p", { class: "dl-quiet", role: "alert" }, dl.word("not_loaded") + " ");
    const again = dl.make("button", { type: "button", class: "dl-plain" }, dl.word("try_again"));
    again.addEventListener("click", () => { shown = address; load(address, true); });
    note.append(again);
    return note;
  }

  const hash = (address) => {
    const url = new URL(address, location.href);
    return "#" + url.pathname.replace(/^\/view/, "") + url.search;
  };

  document.addEventListener("click", (event) => {
    const plain = !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0;
    const link = event.target instanceof Element && event.target.closest('#dl-view a[href^="/view/"]');
    if (!link || !plain) return;
    event.preventDefault();
    location.hash = hash(link.href.baseVal || link.getAttribute("href"));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches('#dl-view form[action^="/view/"]')) return;
    event.preventDefault();
    send(form);
  });
  document.addEventListener("change", (event) => {
    const form = event.target instanceof HTMLSelectElement && event.target.closest('#dl-view form[action^="/view/"]');
    if (form) send(form);
  });
  function send(form) {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) values.append(name, value);
    const text = form.querySelector("[name=q]");
    const order = form.querySelector("[name=order]");
    if (order && text && !parts().query.includes("q=") && text.value && order.value === "newest") values.set("order", "relevance");
    location.hash = hash(form.getAttribute("action")) + "?" + values;
  }

  let ready = false;
  dl.redrawn.push(() => {
    if (!document.querySelector(".dl-nav") || !place()) return;
    if (!ready) {
      ready = true;
      route({ focus: false });
    }
    mark(parts().name);
  });
  addEventListener("hashchange", () => { if (ready) route(); });
  dl.root.dataset.view = parts().name;
})();
