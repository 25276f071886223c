/** What keys do while rating; a field that is being written in keeps its own. */
export function bindReviewKeys({ rate, move, step, undo, more, find, about }) {
  const acts = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    j: () => move(1),
    k: () => move(-1),
    ArrowRight: () => step(1),
    ArrowLeft: () => step(-1),
    n: () => step(1),
    p: () => step(-1),
    z: undo,
    u: undo,
    m: more,
    "/": find,
    "?": about,
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target instanceof HTMLInputElement) return;
    const modified = event.ctrlKey || event.metaKey;
    if (modified && event.key !== "z") return;
    const digit = /^[0-5]$/.test(event.key);
    // A key that is held down must not rate a whole lexicon.
    if (digit && !event.repeat) rate(Number(event.key));
    else if (!digit && acts[event.key]) acts[event.key]();
    else return;
    event.preventDefault();
  });
}
