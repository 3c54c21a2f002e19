// The table of boxes. A row and its box on the picture are one thing.
import { element, step } from "./dom.js";
import { say } from "./say.js";

let table = null;
let rows = [];

export function show(answer, { select, light } = {}) {
  rows = (answer?.boxes ?? []).map((box, index) => build(answer, box, index, select, light));
  const heading = (key) => element("th", { scope: "col", textContent: say(key) });
  table = element(
    "div",
    { className: "glip-table" },
    element(
      "table",
      { onkeydown: (event) => step(event, rows.map((row) => row.querySelector("button"))) },
      element("caption", { className: "glip-unseen", textContent: say("found") }),
      element("thead", {}, element("tr", {}, ...["column_phrase", "column_score", "column_place"].map(heading))),
      element("tbody", {}, ...rows),
    ),
  );
  attach();
}

function build(answer, box, index, select, light) {
  const { text, colour, ink } = answer.phrases[box.phrase];
  const number = element("span", { className: "glip-number", textContent: box.phrase + 1 });
  number.style.setProperty("--colour", colour);
  number.style.setProperty("--ink", ink);
  const name = element("button", { type: "button", attributes: { "aria-pressed": false } }, number, text);
  name.tabIndex = index ? -1 : 0;
  name.onfocus = () => select(index);
  return element(
    "tr",
    {
      dataset: { index },
      onclick: () => select(index),
      onpointerenter: () => light([index]),
      onpointerleave: () => light([]),
    },
    element("th", { scope: "row" }, name),
    element("td", { textContent: box.text }),
    element("td", { textContent: box.place }),
  );
}

export function view(shown) {
  rows.forEach((row, index) => {
    row.hidden = index >= shown;
  });
  table.hidden = !shown;
}

export function select(index) {
  rows.forEach((row, each) => {
    const name = row.querySelector("button");
    row.classList.toggle("is-selected", each === index);
    name.setAttribute("aria-pressed", each === index);
    name.tabIndex = each === (index ?? 0) ? 0 : -1;
  });
}

export function light(indexes) {
  rows.forEach((row, index) => row.classList.toggle("is-lit", indexes.includes(index)));
  if (indexes.length) reveal(rows[indexes[0]]);
}

// Within the table alone: the page stays where it is, and the picture in sight.
function reveal(row) {
  const top = row.offsetTop - row.closest("table").tHead.offsetHeight;
  const bottom = row.offsetTop + row.offsetHeight;
  if (top < table.scrollTop) table.scrollTop = top;
  else if (bottom > table.scrollTop + table.clientHeight) table.scrollTop = bottom - table.clientHeight;
}

export function attach() {
  const home = document.getElementById("found");
  if (home && table && table.parentElement !== home) home.replaceChildren(table);
}
