// Naming a thing: one of the prompt's phrases with a click, or one's own words.
import { element } from "./dom.js";
import { say } from "./say.js";

const MOST = 200; // characters, as the server has it

export function choosePhrase(phrases, { label, choose, given = "" }) {
  const own = element("input", {
    type: "text",
    maxLength: MOST,
    value: given,
    placeholder: say("own_words"),
    attributes: { "aria-label": say("own_words") },
  });
  const form = element(
    "form",
    { className: "glip-own" },
    own,
    element("button", { type: "submit", className: "glip-action", textContent: say("use") }),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    const phrase = own.value.trim();
    if (phrase) choose(phrase);
    else own.focus();
  };
  const chips = phrases.map((phrase) =>
    element("button", { type: "button", className: "glip-action", textContent: phrase, onclick: () => choose(phrase) }),
  );
  return element(
    "div",
    { className: "glip-choosing", attributes: { role: "group", "aria-label": label } },
    element("p", { textContent: label }),
    ...chips,
    form,
  );
}
