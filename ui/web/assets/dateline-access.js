// Users and tokens: what is changed, and what is shown once. And an open page whose reader's login
// or role has changed is loaded anew.
(() => {
  "use strict";

  const dl = window.dateline;
  const EVERY = 60000;

  const once = () => document.querySelector("#dl-view .dl-once");

  function shown({ said, secret }) {
    const parts = [dl.make("p", {}, dl.word(secret ? "shown_once" : "changed_for", { name: said }))];
    if (secret) {
      const field = dl.make("input", { type: "text", readonly: "", "aria-label": said, value: secret });
      const copy = dl.make("button", { type: "button", class: "dl-plain", "data-act": "copy-once" }, dl.word("copy_it"));
      const line = dl.make("p", { class: "dl-field" });
      line.append(field, copy);
      parts.push(line);
    }
    once().replaceChildren(...parts);
    once().scrollIntoView({ block: "nearest", behavior: dl.motion() });
  }

  // The users and tokens that are known now. The forms beside them keep what was typed meanwhile.
  let renewals = 0;
  async function renew() {
    const number = ++renewals;
    const page = await dl.fetched("/view/access");
    if (number !== renewals) return;
    const fresh = page.nodes.find((node) => node.matches && node.matches(".dl-accounts"));
    const known = fresh.querySelectorAll("[data-known]");
    document.querySelectorAll("#dl-view [data-known]").forEach((part, at) => part.replaceChildren(...known[at].childNodes));
  }

  async function send(form) {
    const view = form.closest(".dl-accounts");
    view.setAttribute("aria-busy", "true");
    await sent(form).finally(() => view.removeAttribute("aria-busy"));
  }

  async function sent(form) {
    const response = await fetch(form.getAttribute("action"), {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) {
      once().replaceChildren(dl.make("p", { class: "dl-flag" }, answer.detail || String(response.status)));
      return;
    }
    form.reset();
    shown(answer);
    await renew().catch(() => {}); // who has added the first user must log in to see it
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("#dl-view .dl-deed")) return;
    event.preventDefault();
    if (form.dataset.sure) {
      const button = form.querySelector("button");
      button.setAttribute("aria-label", button.getAttribute("aria-label").replace(button.textContent, form.dataset.sure));
      button.textContent = form.dataset.sure;
      delete form.dataset.sure;
      return;
    }
    send(form);
  });
  dl.acts["copy-once"] = async (button) => {
    const field = button.previousElementSibling;
    field.select();
    if (navigator.clipboard && isSecureContext) await navigator.clipboard.writeText(field.value);
    else document.execCommand("copy");
    button.textContent = dl.word("copied");
  };

  // Who this page was made for, and who asks now.
  async function look() {
    const head = document.querySelector(".dl-masthead");
    if (!head) return;
    const response = await fetch("/keep/account").catch(() => null);
    if (!response || !(response.ok || response.status === 401 || response.status === 403)) return;
    const account = response.ok ? (await response.json()).account : null;
    // A password shown once stays on the page until the reader goes on.
    if (account !== head.dataset.account && !document.querySelector(".dl-once input")) location.reload();
  }
  dl.lookAtAccount = look;
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  addEventListener("hashchange", look);
  setInterval(() => { if (!document.hidden) look(); }, EVERY);
})();
