// A small toolbar at the box, or row, that is chosen: right, wrong, or what it really is.
//
// It stands in the document right after what was chosen, so that Tab leads to it, and in the
// browser's top layer, so that nothing cuts it off.
import { choosePhrase } from "./choosing.js";
import { element } from "./dom.js";
import { say } from "./say.js";

export const SIGNS = { right: "✓", wrong: "✗", wrong_label: "✎" };

const bar = element("div", { className: "glip-judging", popover: "manual", attributes: { role: "group" } });
let anchor = null;
let judge = null;
let phrases = [];

bar.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation(); // a second one lets the box go
  close();
});
addEventListener("scroll", place, { passive: true, capture: true });
addEventListener("resize", place);

// `judge(index, verdict, phrase)` is called with what was chosen; null takes it back.
export function prepare(answer, judging) {
  judge = judging;
  phrases = answer.phrases;
  hide();
}

export function open(target, { box, verdict, isByKey = false }) {
  anchor = target;
  bar.setAttribute("aria-label", say("judging", { phrase: box.phrase }));
  const give = (name, phrase) => {
    judge(box.index, name, phrase);
    close();
  };
  const buttons = Object.keys(SIGNS).map((name) => button(name, verdict?.verdict === name));
  const relabel = buttons[2];
  relabel.setAttribute("aria-expanded", false);
  buttons[0].onclick = () => give("right");
  buttons[1].onclick = () => give("wrong");
  relabel.onclick = () => {
    const others = phrases.filter((phrase) => phrase !== box.phrase);
    const choice = choosePhrase([...new Set(others)], {
      label: say("relabel"),
      given: verdict?.phrase ?? "",
      choose: (phrase) => give("wrong_label", phrase),
    });
    relabel.setAttribute("aria-expanded", true);
    bar.replaceChildren(...buttons, choice);
    place();
    choice.querySelector("button, input").focus();
  };
  if (verdict) {
    const clear = element("button", { type: "button", textContent: say("take_back"), onclick: () => give(null) });
    buttons.push(clear);
  }
  bar.replaceChildren(...buttons);
  anchor.after(bar);
  bar.showPopover();
  place();
  if (isByKey) buttons[0].focus();
}

export function hide() {
  anchor = null;
  if (bar.isConnected) bar.remove();
}

// Back to where it was opened from.
function close() {
  const back = bar.contains(document.activeElement) ? anchor : null;
  hide();
  back?.focus({ preventScroll: true });
}

function button(verdict, isGiven) {
  return element(
    "button",
    { type: "button", className: `glip-verdict is-${verdict}`, attributes: { "aria-pressed": isGiven } },
    element("span", { textContent: SIGNS[verdict], attributes: { "aria-hidden": true } }),
    say(verdict),
  );
}

// Below what was chosen, or above it where there is no room; never beyond the window's sides.
function place() {
  if (!anchor?.isConnected || !bar.isConnected) return;
  const { left, top, bottom } = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = bar;
  const { clientWidth: room, clientHeight: depth } = document.documentElement;
  const gap = 8;
  const below = bottom + gap;
  const isRoomBelow = below + height <= depth;
  const isRoomAbove = top - gap - height >= 0;
  const y = isRoomBelow ? below : isRoomAbove ? top - gap - height : depth - height - gap;
  bar.style.left = `${Math.max(gap, Math.min(left, room - width - gap))}px`;
  bar.style.top = `${y}px`;
  // Where the box has been scrolled away, its toolbar goes with it.
  bar.classList.toggle("is-away", bottom < 0 || top > depth);
}
