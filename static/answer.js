// The answer on the page: picture, words, table and threshold are one thing.
//
// Other scripts listen on the document:
//   glip:result  a new answer is shown: { resultId, threshold, width, height, phrases: [text],
//                boxes: [{ index, phrase, score, xyxy }] }, every box down to the model's floor,
//                best score first; the first `shown` of them are on the picture
//   glip:view    the threshold moved: { threshold, shown }
//   glip:select  a box was chosen: { index }, or null when it was let go
// Each box is a <button class="glip-box" data-index> inside .glip-layer over the picture, and a
// <tr data-index> in the table.
import * as boxes from "./boxes.js";
import * as downloads from "./downloads.js";
import * as rows from "./rows.js";
import * as ruler from "./ruler.js";
import * as words from "./words.js";

const parts = [boxes, rows, words, ruler, downloads];
const state = { answer: null, data: "", threshold: 0, shown: 0, selected: null };

function announce(name, detail) {
  document.dispatchEvent(new CustomEvent(`glip:${name}`, { detail }));
}

// Gradio writes the data into a hidden field; writing a value wakes no observer, but what is
// written beside it does.
function look() {
  const data = document.querySelector("#answer-data :is(textarea, input)")?.value ?? "";
  if (data !== state.data) {
    state.data = data;
    receive(data ? JSON.parse(data) : null);
  }
  for (const part of parts) part.attach?.();
}

function receive(answer) {
  const isNew = answer?.id !== state.answer?.id;
  state.answer = answer;
  if (!answer) {
    for (const part of parts) part.show(null);
    return;
  }
  words.speak(answer.spoken);
  if (!isNew) return;
  select(null);
  for (const part of parts) part.show(answer, { select, light });
  view(answer.threshold);
  const [width, height] = answer.size;
  announce("result", {
    resultId: answer.id,
    threshold: state.threshold,
    shown: state.shown,
    width,
    height,
    phrases: answer.phrases.map(({ text }) => text),
    boxes: answer.boxes.map(({ phrase, score, xyxy }, index) => ({
      index,
      phrase: answer.phrases[phrase].text,
      score,
      xyxy,
    })),
  });
}

// A view of what is known: neither the model nor the server is asked.
function view(threshold) {
  // As float32 on both sides, like the server: a score of 0.9 is not lost to the threshold 0.9.
  const least = Math.fround(threshold);
  state.threshold = threshold;
  state.shown = state.answer.boxes.filter(({ score }) => Math.fround(score) >= least).length;
  if (state.selected !== null && state.selected >= state.shown) select(null);
  for (const part of parts) part.view(state.shown, threshold);
}

function select(index) {
  if (index === state.selected) return;
  state.selected = index;
  for (const part of [boxes, rows]) part.select(index);
  light([]);
  announce("select", { index });
}

// What the pointer or the focus is on; otherwise what is selected.
function light(indexes) {
  const lit = indexes.length || state.selected === null ? indexes : [state.selected];
  for (const part of [boxes, rows, ruler]) part.light(lit);
}

document.addEventListener("input", ({ target }) => {
  const threshold = Number.parseFloat(target.value);
  if (!state.answer || !target.closest?.("#threshold") || Number.isNaN(threshold)) return;
  view(threshold);
  announce("view", { threshold, shown: state.shown });
});

document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") select(null);
});

new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
look();
