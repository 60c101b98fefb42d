// The operator's view: runs with their progress, sources that are tried and added, files.
(() => {
  "use strict";

  const dl = window.dateline;
  const PART = 192 * 1024;
  const said = () => document.querySelector(".dl-work .dl-said");

  async function post(path, body, type = "application/json") {
    const response = await fetch(path, { method: "POST", headers: { "Content-Type": type }, body });
    if (!response.ok) {
      const problem = await response.json().catch(() => ({}));
      throw new Error(problem.detail || (problem.error && problem.error.message) || String(response.status));
    }
    return response;
  }
  const json = async (path, values) => (await post(path, JSON.stringify(values))).json();

  function bar(done, total) {
    const line = document.querySelector(".dl-going");
    if (!line) return;
    line.hidden = false;
    const progress = line.querySelector("progress");
    if (total) { progress.max = total; progress.value = done; }
    else progress.removeAttribute("value");
  }

  let watching = false;
  async function watch() {
    if (watching) return;
    watching = true;
    try {
      for (;;) {
        const state = await (await fetch("/operate/state")).json();
        if (!state.busy) { ended(state); return; }
        bar(state.done, state.total);
        if (said()) said().textContent = `${dl.word("source_running")}: ${state.names.join(", ")}`;
        await new Promise((wake) => { setTimeout(wake, 1000); });
      }
    } finally { watching = false; }
  }
  async function ended(state) {
    if (!state.names) return;
    await dl.reload();
    const line = said();
    if (!line) return;
    const result = state.ok ? dl.word("run_done", { new: state.new }) : dl.word("run_not_done");
    line.textContent = [result, ...(state.problems || [])].join("\n");
  }

  async function doing(work) {
    try {
      await work();
    } catch (error) {
      said().textContent = error.message;
    }
  }

  Object.assign(dl.acts, {
    run: (button) => doing(async () => {
      await json("/operate/run", { names: button.dataset.name ? [button.dataset.name] : [] });
      await watch();
    }),
    add: (button) => doing(async () => {
      const { name } = await json("/operate/add", { url: button.dataset.url });
      await dl.reload();
      said().textContent = dl.word("source_added", { name });
    }),
  });

  async function tried(form) {
    const place = document.querySelector(".dl-tried");
    place.textContent = dl.word("loading");
    try {
      const response = await post("/operate/test", JSON.stringify({ url: form.elements.url.value }));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      place.replaceChildren(document.importNode(page.querySelector(".dl-preview"), true));
    } catch (error) {
      place.textContent = error.message;
    }
  }

  async function uploaded(form) {
    const files = [...form.elements.files.files];
    const size = files.reduce((sum, file) => sum + file.size, 0);
    let sent = 0;
    for (const file of files) {
      let at = 0;
      do {
        const part = file.slice(at, at + PART);
        await post(`/operate/upload/${encodeURIComponent(file.name)}?at=${at}`, part, "application/octet-stream");
        at += part.size;
        sent += part.size;
        bar(sent, size);
      } while (at < file.size);
    }
    await json("/operate/take", { names: files.map((file) => file.name) });
    await watch();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if (form.matches(".dl-add")) { event.preventDefault(); tried(form); }
    if (form.matches(".dl-upload")) { event.preventDefault(); doing(() => uploaded(form)); }
  });
  dl.loaded.push((place) => {
    if (place.querySelector(".dl-work") && !watching) {
      fetch("/operate/state").then((r) => r.json()).then((state) => { if (state.busy) watch(); });
    }
  });
})();
