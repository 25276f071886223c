/**
 * What keys do. In the box, the arrows walk along the completions, or down to the results when there are none; among the
 * results, up and down; `/` goes to the box; escape goes back by one step, whatever the step is.
 */
export function bindKeys({ input, results, completions, links, clear, closeMenu, back }) {
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (completions.shown()) completions.move(event.key === "ArrowDown" ? 1 : -1);
      else if (event.key === "ArrowDown") links()[0]?.focus();
      event.preventDefault();
    } else if (event.key === "Escape") {
      if (completions.shown()) completions.clear();
      else if (input.value !== "") clear();
      event.preventDefault();
    }
  });

  results.addEventListener("keydown", (event) => {
    const at = links().indexOf(document.activeElement);
    if (at < 0 || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const target = links()[at + (event.key === "ArrowDown" ? 1 : -1)];
    (target ?? (event.key === "ArrowUp" ? input : undefined))?.focus();
    event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    const writing = event.target instanceof HTMLInputElement && event.target.type === "text";
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    }
    if (event.key === "Escape" && event.target !== input && !closeMenu()) back();
  });
}
