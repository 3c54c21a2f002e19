// Our sentences in the page's language; they stand in texts/script.toml and come with the page.
const sentences = JSON.parse(document.querySelector("meta[name=glip-sentences]").content);

export function say(key, facts = {}) {
  return sentences[key].replace(/\{(\w+)\}/g, (_, name) => facts[name]);
}
