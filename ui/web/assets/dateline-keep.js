// Kept conversations: taken up again, renamed, shared, deleted; and feedback on answers.
(() => {
  "use strict";

  const dl = window.dateline;
  const NAME = "dateline-conversation";
  const session = (value) => {
    try {
      if (value === undefined) return sessionStorage.getItem(NAME) || "";
      if (value) sessionStorage.setItem(NAME, value);
      else sessionStorage.removeItem(NAME);
    } catch { /* private window */ }
    return "";
  };

  // The page is opened with the conversation that this tab was in.
  let wanted = session();
  dl.resumes = () => wanted;
  let loaded = false;
  dl.redrawn.push(() => {
    const log = document.querySelector("#dl-conversation [role=log]");
    if (!log || !document.querySelector(".dl-nav")) return;
    if (log.dataset.kept) loaded = true;
    if (loaded) session(log.dataset.kept);
  });

  async function post(path, values = {}) {
    const response = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(values),
    });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  const item = (button) => button.closest("[data-kept]");
  const said = (button, text) => { item(button).querySelector(".dl-said").textContent = text; };
  async function change(button, verb, values) {
    try {
      return await post(`/keep/${item(button).dataset.kept}/${verb}`, values);
    } catch {
      said(button, dl.word("not_loaded"));
      return null;
    }
  }

  Object.assign(dl.acts, {
    resume: (button) => {
      wanted = item(button).dataset.kept;
      document.getElementById("dl-resume").click();
      location.hash = "#/";
    },
    "keep-rename": (button) => {
      const heading = item(button).querySelector("h2");
      if (heading.querySelector("input")) return;
      const title = heading.querySelector("button");
      const input = dl.make("input", { type: "text", maxlength: "200", "aria-label": dl.word("conversation_name") });
      input.value = title.textContent;
      heading.replaceChildren(input);
      input.focus();
      input.select();
      let over = false;
      const end = async (save) => {
        if (over) return;
        over = true;
        if (save && input.value.trim() && await change(button, "rename", { name: input.value })) {
          title.textContent = input.value.trim();
          said(button, dl.word("conversation_saved"));
        }
        heading.replaceChildren(title);
        title.focus();
      };
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.isComposing) end(true);
        if (event.key === "Escape") end(false);
      });
      input.addEventListener("blur", () => end(true));
    },
    "keep-delete": async (button) => {
      if (!button.dataset.sure) {
        button.dataset.sure = "yes";
        button.textContent = dl.word("conversation_delete_sure");
        return;
      }
      if (!await change(button, "delete")) return;
      const row = item(button);
      if (row.dataset.kept === session()) { session(""); document.getElementById("dl-new").click(); }
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      if (next) next.querySelector("[data-act=resume]").focus();
      else dl.reload();
    },
    "keep-share": async (button) => {
      const made = await change(button, "share");
      if (!made) return;
      const address = new URL(made.path, location.href).href;
      const line = item(button).querySelector(".dl-said");
      line.replaceChildren(
        dl.make("a", { href: address, target: "_blank", rel: "noopener" }, address),
        dl.make("span", {}, " " + dl.word("share_note")),
      );
      button.dataset.act = "keep-unshare";
      button.textContent = dl.word("conversation_unshare");
    },
    "keep-unshare": async (button) => {
      if (!await change(button, "unshare")) return;
      said(button, "");
      button.dataset.act = "keep-share";
      button.textContent = dl.word("conversation_share");
    },
    feedback: async (button) => {
      const turn = button.closest(".dl-turn");
      const line = turn.querySelector(".dl-thanks");
      try {
        await post("/keep/feedback", { message: Number(turn.dataset.message), kind: button.dataset.kind });
        button.setAttribute("aria-pressed", "true");
        line.textContent = dl.word("feedback_thanks");
      } catch {
        line.textContent = dl.word("not_loaded");
      }
    },
  });
})();
