// The boxes on the picture: one button each, in percent of the picture, so that they fit any size.
import { element, step } from "./dom.js";
import { say } from "./say.js";

const layer = element("div", { className: "glip-layer", attributes: { role: "group" } });
const shade = element("div", { className: "glip-shade" });
const spot = element("div", { className: "glip-spot" });
let buttons = [];
let labels = [];
let answer = null;

shade.append(spot);
new ResizeObserver(arrange).observe(layer);
const pictureSize = new ResizeObserver(fit);
layer.addEventListener("keydown", (event) => step(event, buttons));

export function show(shown, { select, light } = {}) {
  answer = shown;
  layer.setAttribute("aria-label", say("boxes"));
  buttons = (answer?.boxes ?? []).map((box, index) => build(box, index, select, light));
  labels = buttons.map((button) => button.firstChild);
  layer.replaceChildren(shade, ...buttons);
  attach();
  fit(); // the picture may have been there, and whole, before its answer
}

function build(box, index, select, light) {
  const { text, colour, ink } = answer.phrases[box.phrase];
  const number = box.phrase + 1;
  const label = element("span", { className: "glip-label", textContent: `${number} ${text} ${box.text}` });
  const spoken = say("box", { number, phrase: text, score: box.text });
  const button = element(
    "button",
    {
      type: "button",
      className: "glip-box",
      tabIndex: index ? -1 : 0,
      dataset: { index },
      attributes: { "aria-label": spoken, "aria-pressed": false },
      onfocus: () => select(index),
      onclick: () => select(index),
      onpointerenter: () => light([index]),
      onpointerleave: () => light([]),
    },
    label,
  );
  place(button, box.xyxy);
  const [left, top, right, bottom] = box.xyxy;
  const share = ((right - left) * (bottom - top)) / (answer.size[0] * answer.size[1]);
  // A small box lies on a large one, or it could never be pointed at.
  button.style.zIndex = String(1000 - Math.round(share * 999));
  button.style.setProperty("--colour", colour);
  button.style.setProperty("--ink", ink);
  return button;
}

function place(target, [left, top, right, bottom]) {
  const [width, height] = answer.size;
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  target.style.left = percent(left, width);
  target.style.top = percent(top, height);
  target.style.width = percent(right - left, width);
  target.style.height = percent(bottom - top, height);
}

export function view(shown) {
  buttons.forEach((button, index) => {
    button.hidden = index >= shown;
  });
  arrange();
}

export function select(index) {
  buttons.forEach((button, each) => {
    button.setAttribute("aria-pressed", each === index);
    button.tabIndex = each === (index ?? 0) ? 0 : -1;
  });
}

export function light(indexes) {
  layer.classList.toggle("has-lit", indexes.length > 0);
  buttons.forEach((button, index) => button.classList.toggle("is-lit", indexes.includes(index)));
  spot.hidden = indexes.length !== 1;
  if (!spot.hidden) place(spot, answer.boxes[indexes[0]].xyxy);
}

// Gradio builds the picture anew whenever it likes; the layer follows it.
export function attach() {
  const picture = document.querySelector("#boxes img");
  const frame = picture?.closest(".image-container");
  if (!frame || (layer.parentElement === frame && attach.picture === picture)) return;
  frame.append(layer);
  attach.picture = picture;
  pictureSize.disconnect();
  pictureSize.observe(picture);
  pictureSize.observe(frame);
  picture.addEventListener("load", fit);
  fit();
}

// Lay the layer over the picture itself, without the margins it may have inside its element.
function fit() {
  const picture = attach.picture;
  if (!picture?.isConnected || !answer) return;
  const { clientWidth: roomWidth, clientHeight: roomHeight } = picture;
  const [width, height] = answer.size;
  const scale = Math.min(roomWidth / width, roomHeight / height);
  let left = (roomWidth - width * scale) / 2;
  let top = (roomHeight - height * scale) / 2;
  for (let part = picture; part && part !== layer.offsetParent; part = part.offsetParent) {
    left += part.offsetLeft;
    top += part.offsetTop;
  }
  Object.assign(layer.style, {
    left: `${left}px`,
    top: `${top}px`,
    width: `${width * scale}px`,
    height: `${height * scale}px`,
  });
}

// Each label where it covers no other, best box first: above its box, else inside, below, right.
function arrange() {
  const { clientWidth: width, clientHeight: height } = layer;
  const taken = [];
  buttons.forEach((button, index) => {
    if (button.hidden || !width) return;
    const label = labels[index];
    const { offsetLeft: left, offsetTop: top, offsetWidth: across, offsetHeight: down } = button;
    const { offsetWidth: wide, offsetHeight: high } = label;
    const x = Math.max(0, Math.min(left, width - wide));
    const rightmost = Math.max(0, Math.min(left + across - wide, width - wide));
    const places = [
      [x, top - high],
      [rightmost, top - high],
      [x, top],
      [x, top + down],
      [rightmost, top + down],
      [x, top + down - high],
    ].filter(([, y]) => y >= 0 && y + high <= height);
    const isFree = ([px, py]) =>
      taken.every(([tx, ty, tw, th]) => px >= tx + tw || tx >= px + wide || py >= ty + th || ty >= py + high);
    const [px, py] = places.find(isFree) ?? places[0] ?? [x, 0];
    taken.push([px, py, wide, high]);
    label.style.left = `${px - left}px`;
    label.style.top = `${py - top}px`;
  });
}
