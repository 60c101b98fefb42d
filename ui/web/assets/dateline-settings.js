// The settings: shown as they are kept in this browser, and kept as they are chosen.
(() => {
  "use strict";

  const dl = window.dateline;
  const current = {
    language: () => dl.root.lang || "en",
    theme: () => dl.kept("dateline-theme") || "system",
    length: () => dl.kept("dateline-length") || "normal",
    model: () => dl.kept("dateline-model"),
  };
  // What goes along with every question.
  dl.settings = () => ({ length: current.length(), model: current.model() || "" });

  dl.loaded.push((place) => {
    const form = place.querySelector(".dl-settings");
    if (!form) return;
    for (const [name, value] of Object.entries(current)) {
      const radios = [...form.querySelectorAll(`[name=${name}]`)];
      (radios.find((radio) => radio.value === value()) || radios[0]).checked = true;
    }
  });
  document.addEventListener("change", (event) => {
    const radio = event.target;
    if (!(radio instanceof HTMLInputElement) || !radio.closest(".dl-settings")) return;
    if (radio.name === "theme") dl.chooseTheme(radio.value);
    else if (radio.name === "language") {
      document.cookie = `dateline-lang=${radio.value}; Path=/; Max-Age=31536000; SameSite=Strict`;
      location.reload();
    } else dl.keep("dateline-" + radio.name, radio.value);
  });
})();
