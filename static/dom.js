// Building elements. Text is only ever set as text: nothing anybody typed becomes markup.

// element("a", { className: "x", href: "…", dataset: { index: 1 } }, "text", otherElement)
export function element(tag, { dataset = {}, attributes = {}, ...properties } = {}, ...children) {
  const built = document.createElement(tag);
  Object.assign(built, properties);
  Object.assign(built.dataset, dataset);
  for (const [name, value] of Object.entries(attributes)) built.setAttribute(name, value);
  built.append(...children);
  return built;
}

// One tab stop for a list of buttons: the arrow keys go from one to the next.
export function step(event, buttons) {
  const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const shown = buttons.filter((button) => button.getClientRects().length);
  const here = shown.indexOf(document.activeElement);
  if (here < 0) return;
  const ends = { Home: 0, End: shown.length - 1 };
  const there = event.key in ends ? ends[event.key] : here + moves[event.key];
  if (Number.isNaN(there)) return;
  event.preventDefault();
  shown[(there + shown.length) % shown.length].focus();
}
