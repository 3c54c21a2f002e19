// A mark over the threshold for each box at its score: what moving it would do can be seen.
import { element } from "./dom.js";
import { say } from "./say.js";

const THUMB = 16; // pixels, of Gradio's slider
const ruler = element("div", { className: "glip-ruler", attributes: { "aria-hidden": true } });
const total = element("p", { className: "glip-shown" });
let answer = null;
let marks = [];

const size = new ResizeObserver(fit);

export function show(shown) {
  answer = shown;
  marks = (answer?.boxes ?? []).map(({ phrase }) => {
    const mark = element("i");
    mark.style.setProperty("--colour", answer.phrases[phrase].colour);
    return mark;
  });
  ruler.replaceChildren(...marks);
  attach();
  fit();
}

export function view(shown) {
  marks.forEach((mark, index) => mark.classList.toggle("is-below", index >= shown));
  total.textContent = say("shown", { count: shown, all: marks.length });
}

export function light(indexes) {
  marks.forEach((mark, index) => mark.classList.toggle("is-lit", indexes.includes(index)));
}

export function attach() {
  const slider = document.querySelector("#threshold input[type=range]");
  if (!slider || (attach.slider === slider && ruler.isConnected)) return;
  attach.slider = slider;
  slider.parentElement.append(ruler);
  slider.closest(".block").append(total);
  size.disconnect();
  size.observe(slider);
}

function fit() {
  const slider = attach.slider;
  if (!slider?.isConnected || !answer) return;
  const [least, most] = [Number(slider.min), Number(slider.max)];
  const room = slider.offsetWidth - THUMB;
  ruler.style.left = `${slider.offsetLeft + THUMB / 2}px`;
  ruler.style.width = `${room}px`;
  marks.forEach((mark, index) => {
    const share = (answer.boxes[index].score - least) / (most - least);
    mark.style.left = `${100 * Math.max(0, Math.min(1, share))}%`;
  });
}
