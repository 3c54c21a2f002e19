// Drawing what the model missed: dragged on the picture, or typed as its corners in pixels.
import { choosePhrase } from "./choosing.js";
import { element } from "./dom.js";
import { say } from "./say.js";

const SIDES = ["left", "top", "right_side", "bottom"]; // as texts/script.toml has them
const LEAST = 1; // pixel of the picture, as the server has it

const start = element("button", {
  type: "button",
  className: "glip-action",
  textContent: `+ ${say("missing_thing")}`,
  attributes: { "aria-expanded": false },
});
const desk = element("div", { className: "glip-missing", hidden: true });
const surface = element("div", { className: "glip-surface" });
const draft = element("div", { className: "glip-missed is-draft", hidden: true });
surface.append(draft);
let answer = null;
let add = null;
let fields = [];
let corner = null; // where a drag began

start.onclick = () => (desk.hidden ? begin() : end());
desk.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  end();
  start.focus();
});
surface.addEventListener("pointerdown", (event) => {
  surface.setPointerCapture(event.pointerId);
  corner = pixel(event);
  event.preventDefault(); // no selecting of text, no dragging of the picture
});
surface.addEventListener("pointermove", (event) => {
  if (!corner) return;
  const [x, y] = pixel(event);
  write([Math.min(x, corner[0]), Math.min(y, corner[1]), Math.max(x, corner[0]), Math.max(y, corner[1])]);
});
for (const over of ["pointerup", "pointercancel"]) {
  surface.addEventListener(over, () => {
    corner = null;
    if (box()) desk.querySelector(".glip-choosing button, .glip-choosing input").focus({ preventScroll: true });
  });
}

export const parts = [start, desk];

// `miss(phrase, box)` is called with what was drawn and named.
export function prepare(shown, miss) {
  answer = shown;
  add = miss;
  end();
}

// What was drawn before, on the picture; `layer` is the one the boxes lie in.
export function show(missed) {
  const layer = document.querySelector(".glip-layer");
  for (const old of layer?.querySelectorAll(".glip-missed:not(.is-draft)") ?? []) old.remove();
  layer?.append(...missed.map(drawn));
}

function drawn({ phrase, box: xyxy }) {
  const label = element("span", { className: "glip-label", textContent: `+ ${phrase}` });
  const frame = element("div", { className: "glip-missed", attributes: { "aria-hidden": true } }, label);
  place(frame, xyxy);
  return frame;
}

function begin() {
  const choice = choosePhrase([...new Set(answer.phrases)], { label: say("missing_what"), choose: finish });
  fields = SIDES.map(field);
  desk.replaceChildren(
    element("p", { className: "glip-hint", textContent: say("missing_hint") }),
    element("div", { className: "glip-corners" }, ...fields.map(({ label }) => label)),
    choice,
    element("button", { type: "button", className: "glip-action", textContent: say("stop"), onclick: end }),
  );
  desk.hidden = false;
  draft.hidden = true;
  start.setAttribute("aria-expanded", true);
  document.querySelector(".glip-layer")?.append(surface);
}

function end() {
  desk.hidden = true;
  start.setAttribute("aria-expanded", false);
  surface.remove();
  corner = null;
}

function finish(phrase) {
  const drawn = box();
  if (!drawn) {
    fields[0].input.focus();
    return;
  }
  add(phrase, drawn);
  end();
  start.focus({ preventScroll: true });
}

function field(side, index) {
  const most = index % 2 ? answer.height : answer.width;
  const input = element("input", {
    type: "number",
    min: 0,
    max: most,
    step: "any",
    oninput: sketch,
    // Whoever has no pointer starts from the middle of the picture.
    onfocus: () => {
      if (fields.every(({ input: each }) => !each.value)) write(middle());
    },
  });
  return { input, label: element("label", {}, say(side), input) };
}

function middle() {
  const { width, height } = answer;
  return [width / 4, height / 4, (3 * width) / 4, (3 * height) / 4];
}

function write(xyxy) {
  xyxy.forEach((value, index) => {
    fields[index].input.value = Math.round(value * 10) / 10;
  });
  sketch();
}

// The box in the fields, or null while it is none.
function box() {
  const [left, top, right, bottom] = fields.map(({ input }) => input.valueAsNumber);
  const isInside = left >= 0 && top >= 0 && right <= answer.width && bottom <= answer.height;
  const isBox = isInside && right - left >= LEAST && bottom - top >= LEAST;
  return isBox ? [left, top, right, bottom] : null;
}

function sketch() {
  const xyxy = box();
  draft.hidden = !xyxy;
  if (xyxy) place(draft, xyxy);
}

function pixel({ clientX, clientY }) {
  const { left, top, width, height } = surface.getBoundingClientRect();
  const within = (share) => Math.max(0, Math.min(1, share));
  return [within((clientX - left) / width) * answer.width, within((clientY - top) / height) * answer.height];
}

function place(target, [left, top, right, bottom]) {
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  target.style.left = percent(left, answer.width);
  target.style.top = percent(top, answer.height);
  target.style.width = percent(right - left, answer.width);
  target.style.height = percent(bottom - top, answer.height);
}
