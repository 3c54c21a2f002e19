// What the page needs before and beside Gradio's own scripts. Loaded first, from our own host.
"use strict";

// Gradio words its own parts after the browser; the page has a language of its own.
const language = document.documentElement.lang;
Object.defineProperty(navigator, "language", { get: () => language });
Object.defineProperty(navigator, "languages", { get: () => [language] });

// Some of its words are English only; ours for them come with the page.
const words = JSON.parse(document.querySelector("meta[name=glip-words]").content);

// Gradio opens every link in a new tab, and tells a screen reader nothing of what changes.
function amend() {
  for (const link of document.querySelectorAll("#language a[target]")) link.removeAttribute("target");
  for (const [id, role] of [["status", "status"], ["rating-note", "status"], ["problem", "alert"]]) {
    document.getElementById(id)?.setAttribute("role", role);
  }
  for (const name of ["aria-label", "title"]) {
    for (const element of document.body?.querySelectorAll(`[${name}]`) ?? []) {
      const ours = words[element.getAttribute(name)];
      // Writing wakes the observer: only a change is written.
      if (ours && ours !== element.getAttribute(name)) element.setAttribute(name, ours);
    }
  }
  for (const scene of document.querySelectorAll(":is(#scenes, #history) button:has(img[alt])")) {
    const { alt } = scene.querySelector("img");
    if (scene.getAttribute("aria-label") !== alt) scene.setAttribute("aria-label", alt);
  }
}

// On a phone the answer is below the question: bring it into view when it arrives.
function follow() {
  const answer = document.getElementById("answer");
  if (answer && !follow.seen && matchMedia("(width < 768px)").matches) {
    answer.scrollIntoView({ block: "start", behavior: "smooth" });
  }
  follow.seen = Boolean(answer);
}

new MutationObserver(() => {
  amend();
  follow();
}).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["aria-label", "title"] });
