// What the page under /admin needs beside Gradio's own scripts and demo.js.
"use strict";

// Gradio's calendar buttons have no name; the field's own will do.
function nameCalendars() {
  for (const button of document.querySelectorAll(".timebox .calendar:not([aria-label])")) {
    const label = button.closest(".block")?.querySelector("[data-testid=block-info]");
    if (label) button.setAttribute("aria-label", label.textContent.trim());
  }
}

// An opened rating takes the place of a long list: begin at its top, by eye and by key.
function enterOpened() {
  const back = document.getElementById("back");
  if (back && !enterOpened.seen) {
    back.scrollIntoView({ block: "nearest" });
    back.focus({ preventScroll: true });
  }
  enterOpened.seen = Boolean(back);
}

new MutationObserver(() => {
  nameCalendars();
  enterOpened();
}).observe(document.documentElement, { childList: true, subtree: true });
