// The prompt as it was typed, its phrases underlined in the colour of their boxes, with a live count.
import { element } from "./dom.js";
import { say } from "./say.js";

const sentence = element("p", { className: "glip-unseen", attributes: { role: "status" } });
let answer = null;
let phrases = [];
let prompt = null;

export function show(shown, { light } = {}) {
  answer = shown;
  phrases = [];
  if (!answer) return;
  prompt = element("p", { className: "glip-prompt" }, ...answer.pieces.map((piece) => build(piece, light)));
  attach();
}

function build({ text, phrase }, light) {
  if (phrase === null) return text;
  const number = element("span", { className: "glip-number", textContent: phrase + 1 });
  const count = element("span", { className: "glip-count" });
  const own = answer.boxes.flatMap((box, index) => (box.phrase === phrase ? [index] : []));
  const mark = element(
    "span",
    {
      className: "glip-phrase",
      dataset: { phrase },
      onpointerenter: () => light(own.filter((index) => index < view.shown)),
      onpointerleave: () => light([]),
    },
    element("span", { className: "glip-text", textContent: text }),
    element("span", { className: "glip-fact" }, number, count),
  );
  mark.style.setProperty("--colour", answer.phrases[phrase].colour);
  mark.style.setProperty("--ink", answer.phrases[phrase].ink);
  phrases[phrase] = { mark, count, own };
  return mark;
}

export function view(shown) {
  view.shown = shown;
  for (const { mark, count, own } of phrases) {
    const found = own.filter((index) => index < shown).length;
    mark.classList.toggle("is-missing", !found);
    count.textContent = wording(found, own.length);
  }
}

// What the threshold hides is counted too: it is what moving it would bring.
function wording(found, all) {
  if (!all) return say("missing");
  return found === all ? say("count", { count: all }) : say("some", { count: found, all });
}

// For who does not see the picture; the server words it, once the threshold rests.
export function speak(spoken) {
  if (sentence.textContent !== spoken) sentence.textContent = spoken;
}

export function attach() {
  const home = document.getElementById("words");
  if (!home || !prompt || prompt.parentElement === home) return;
  home.replaceChildren(element("h2", { className: "glip-title", textContent: say("words") }), prompt, sentence);
}
