// Judging boxes: what is chosen on the page becomes an opinion, and what was said is shown on it.
// It listens to static/answer.js alone and keeps to its own elements and marks.
import { element } from "./dom.js";
import * as judging from "./judging.js";
import * as missing from "./missing.js";
import { Opinion } from "./opinion.js";
import { say } from "./say.js";

const CHOSEN = ".glip-box, .glip-table tr[data-index]";

const list = element("ul", { className: "glip-said" });
const status = element("p", { className: "glip-status", attributes: { role: "status" } });
const again = element("button", { type: "button", className: "glip-action", hidden: true });
const panel = element(
  "section",
  { className: "glip-opinion", attributes: { "aria-label": say("opinion") } },
  element("div", { className: "glip-start" }, element("p", { className: "glip-hint", textContent: say("opinion_hint") }), missing.parts[0]),
  missing.parts[1],
  list,
  element("div", { className: "glip-thanks" }, status, again),
);
let answer = null;
let opinion = null;
let threshold = 0;
let selected = null;
let waiting = 0;

document.addEventListener("glip:result", ({ detail }) => {
  answer = detail;
  threshold = detail.threshold;
  clearTimeout(waiting);
  const mine = new Opinion(detail.resultId, {
    view: () => ({ threshold, keepImage: Boolean(keepImage()?.checked) }),
    tell: (event, error) => mine === opinion && tell(event, error),
  });
  opinion = mine;
  judging.prepare(answer, (...said) => mine.judge(...said));
  missing.prepare(answer, (...said) => mine.miss(...said));
  note("");
  mark();
});

document.addEventListener("glip:view", ({ detail }) => {
  threshold = detail.threshold;
});

document.addEventListener("glip:select", ({ detail: { index } }) => {
  selected = index;
  if (index === null) judging.hide();
  else openAt(document.activeElement?.closest(".glip-table") ? rowOf(index) : boxOf(index));
});

// Choosing again what is chosen already; a click without a pointer came from a key.
document.addEventListener("click", ({ target, detail }) => {
  const chosen = target.closest?.(CHOSEN);
  if (!chosen || target.closest(".glip-judging") || Number(chosen.dataset.index) !== selected) return;
  openAt(chosen.matches("tr") ? rowOf(selected) : chosen, detail === 0);
});

document.addEventListener("change", ({ target }) => {
  if (target === keepImage() && opinion && !opinion.isEmpty) opinion.save();
});

new MutationObserver(attach).observe(document.documentElement, { childList: true, subtree: true });

function openAt(anchor, isByKey) {
  if (!anchor || !opinion) return;
  judging.open(anchor, { box: answer.boxes[selected], verdict: opinion.verdictOn(selected), isByKey });
}

function boxOf(index) {
  return document.querySelector(`.glip-box[data-index="${index}"]`);
}

function rowOf(index) {
  return document.querySelector(`.glip-table tr[data-index="${index}"] th button`);
}

function keepImage() {
  return document.querySelector("#keep-image input");
}

function tell(event, error) {
  if (event === "changed") mark();
  else if (event === "failed") fail(error);
  else note(say(event), opinion.canUndo ? ["undo", () => opinion.undo()] : []);
}

// Nothing that was said is lost by an error: it stays on the page, and can be sent again.
function fail(error) {
  const retry = () => opinion.save();
  if (error.retry) {
    waiting = setTimeout(retry, error.retry * 1000);
    note(say("later", { seconds: error.retry }));
  } else {
    note(error.status ? error.message : say("not_saved"), ["try_again", retry]);
  }
}

function note(sentence, [key, act] = []) {
  status.textContent = sentence;
  again.hidden = !key;
  again.textContent = key ? say(key) : "";
  again.onclick = act ?? null;
}

// What was said, on each box and row: a sign and words, not a colour alone.
function mark() {
  for (const old of document.querySelectorAll(".glip-sign")) old.remove();
  for (const box of answer.boxes) {
    const said = opinion.verdictOn(box.index);
    for (const target of [boxOf(box.index), rowOf(box.index)]) if (target) sign(target, said);
  }
  missing.show(opinion.missed);
  list.replaceChildren(...opinion.missed.map(item));
}

function sign(target, said) {
  delete target.dataset.verdict;
  target.removeAttribute("aria-description");
  if (!said) return;
  target.dataset.verdict = said.verdict;
  const words = say(`is_${said.verdict}`, { phrase: said.phrase });
  target.setAttribute("aria-description", words);
  target.append(
    element(
      "span",
      { className: `glip-sign is-${said.verdict}`, title: words, attributes: { "aria-hidden": true } },
      element("b", { textContent: judging.SIGNS[said.verdict] }),
      element("span", { textContent: said.verdict === "wrong_label" ? said.phrase : say(said.verdict) }),
    ),
  );
}

function item(missed) {
  return element(
    "li",
    {},
    element("span", { textContent: say("missed", { phrase: missed.phrase }) }),
    element("button", {
      type: "button",
      className: "glip-action",
      textContent: "✗",
      attributes: { "aria-label": say("unmiss", { phrase: missed.phrase }) },
      onclick: () => opinion.unmiss(missed),
    }),
  );
}

// Gradio builds its parts anew whenever it likes.
function attach() {
  const home = document.getElementById("opinion");
  if (home && panel.parentElement !== home) home.replaceChildren(panel);
}
attach();
