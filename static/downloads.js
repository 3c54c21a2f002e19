// The answer to take along: the picture with its boxes, JSON, COCO, and the question as a command.
import { element } from "./dom.js";
import { say } from "./say.js";

let answer = null;
let links = {};
let command = null;
let panel = null;

export function show(shown) {
  answer = shown;
  if (!answer) return;
  const link = (key) => element("a", { className: "glip-action", textContent: say(key) });
  links = { png: link("save_png"), json: link("save_json"), coco: link("save_coco") };
  command = element("code", { id: "curl-line" });
  const copy = element("button", { type: "button", className: "glip-action", textContent: say("copy") });
  copy.onclick = async () => {
    await navigator.clipboard.writeText(command.textContent);
    copy.textContent = say("copied");
  };
  panel = element(
    "div",
    { className: "glip-save" },
    element("h2", { className: "glip-title", textContent: say("save") }),
    element("p", { className: "glip-links" }, ...Object.values(links)),
    element(
      "details",
      { className: "glip-command" },
      element("summary", { textContent: say("curl") }),
      element("p", { textContent: say("curl_info") }),
      element("pre", { tabIndex: 0 }, command),
      copy,
    ),
  );
  attach();
}

export function view(_shown, threshold) {
  if (!answer) return;
  const home = `/api/results/${answer.id}`;
  const least = `threshold=${threshold}`;
  const file = `file=${encodeURIComponent(answer.file)}`;
  const name = `glip-${answer.id.slice(0, 8)}`;
  links.png.href = `${home}/picture?${least}`;
  links.json.href = `${home}?${least}`;
  links.coco.href = `${home}/coco?${least}&${file}`;
  links.png.download = `${name}.png`;
  links.json.download = `${name}.json`;
  links.coco.download = `${name}.coco.json`;
  command.textContent = commandFor(answer, threshold);
}

// --form-string: a prompt that starts with @ or holds ;type= is a prompt all the same.
function commandFor({ user, file, prompt }, threshold) {
  const words = ["-u", user, "-F", `image=@"${file.replace(/["\\]/g, "\\$&")}"`];
  words.push("--form-string", `text=${prompt}`, "-F", `threshold=${threshold}`);
  return `curl ${[...words, `${location.origin}/api/detect`].map(quoted).join(" ")}`;
}

// For sh: inside single quotes nothing means anything but the quote itself.
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function attach() {
  const home = document.getElementById("save");
  if (home && panel && panel.parentElement !== home) home.replaceChildren(panel);
}
