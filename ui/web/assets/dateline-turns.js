// The conversation in the browser: what the server sends of it, put into what stands there.
// A value holds the turns from a number on. What the server has not changed stays as it is,
// with the focus in it and with what the scripts have made of it.
(() => {
  "use strict";

  const dl = window.dateline;
  const merged = new WeakMap(); // a list in the page: what was put into it last
  const sent = new WeakMap(); // a turn in the page: the same as the server sent it

  const log = () => document.getElementById("dl-log");
  dl.seen = () => Number(log().dataset.version);
  dl.keptAs = () => log().dataset.kept || "";

  function merge() {
    const template = document.querySelector("#dl-turns template");
    if (!template) return;
    const [turns, cards] = template.content.children;
    put(log(), turns, template.dataset);
    put(document.getElementById("dl-cards"), cards, template.dataset);
  }
  dl.redrawn.unshift(merge); // before whoever looks at the turns

  function put(list, fresh, { version, talk, from, kept }) {
    const has = list && list.dataset.version; // a list that Gradio has set anew has none
    if (!list || Number(version) < Number(has) || (has === version && merged.get(list) === fresh)) return;
    merged.set(list, fresh);
    if (list.dataset.talk !== talk) list.replaceChildren();
    Object.assign(list.dataset, { version, talk, kept });
    const there = new Map([...list.children].map((turn) => [turn.dataset.turn, turn]));
    const coming = new Set([...fresh.children].map((turn) => turn.dataset.turn));
    for (const [number, turn] of there) {
      if (Number(number) >= Number(from) && !coming.has(number)) turn.remove();
    }
    for (const turn of fresh.children) {
      const old = there.get(turn.dataset.turn) || copy(turn);
      if (old.isConnected) renew(old, sent.get(old), turn);
      else list.append(old);
      sent.set(old, turn);
    }
  }

  const copy = (node) => document.importNode(node, true);

  // Gives an element what has changed between what the server sent `before` and sends `now`:
  // children that are the same at the beginning and at the end stay untouched.
  function renew(element, before, now) {
    if (before.isEqualNode(now)) return;
    for (const { name } of before.attributes) if (!now.hasAttribute(name)) element.removeAttribute(name);
    for (const { name, value } of now.attributes) {
      if (before.getAttribute(name) !== value) element.setAttribute(name, value);
    }
    const [there, old, next] = [element, before, now].map((parent) => [...parent.childNodes]);
    if (there.length !== old.length) { element.replaceChildren(...next.map(copy)); return; }
    const least = Math.min(old.length, next.length);
    let first = 0;
    while (first < least && old[first].isEqualNode(next[first])) first += 1;
    let after = 0;
    while (after < least - first && old.at(-1 - after).isEqualNode(next.at(-1 - after))) after += 1;
    const end = there[there.length - after] || null;
    for (let n = first; n < next.length - after; n += 1) {
      if (n >= old.length - after) element.insertBefore(copy(next[n]), end);
      else if (alike(old[n], next[n]) && there[n].nodeName === old[n].nodeName) renew(there[n], old[n], next[n]);
      else there[n].replaceWith(copy(next[n]));
    }
    for (const gone of there.slice(Math.max(first, next.length - after), there.length - after)) gone.remove();
  }

  const alike = (one, other) =>
    one instanceof Element && one.nodeName === other.nodeName && one.className === other.className;
})();
