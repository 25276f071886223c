import { latest, suggest } from "./api.js";
import { h } from "./element.js";
import { languageTag } from "./texts.js";

const SHOWN = 12;

/**
 * The line of completions below the search box. Down and up walk along it, enter takes one, escape lets go. It keeps its
 * height, so that the results do not jump while typing.
 */
export function suggestions({ input, list, onTake }) {
  const request = latest();
  let options = [];
  let active = -1;

  function show(found) {
    const seen = new Set();
    const distinct = found.filter(({ string }) => !seen.has(string) && seen.add(string));
    options = distinct.slice(0, SHOWN);
    active = -1;
    list.replaceChildren(...options.map((option, i) => optionElement(option, i)));
    input.setAttribute("aria-expanded", String(options.length > 0));
    input.removeAttribute("aria-activedescendant");
    list.scrollLeft = 0;
  }

  function optionElement({ string, name, lat }, i) {
    const begun = beginning(string, input.value);
    return h(
      "div",
      {
        id: `option-${i}`,
        role: "option",
        "aria-selected": "false",
        lang: languageTag(lat),
        title: name === string ? undefined : name,
        onmousedown: (event) => event.preventDefault(), // keeps the focus in the box
        onclick: () => onTake(string),
      },
      h("span", { class: "begun" }, string.slice(0, begun)),
      string.slice(begun),
    );
  }

  function move(step) {
    if (options.length === 0) return;
    list.children[active]?.setAttribute("aria-selected", "false");
    active = active < 0 && step < 0 ? options.length - 1 : active + step;
    if (active >= options.length || active < 0) active = -1;
    const element = list.children[active];
    if (!element) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    element.setAttribute("aria-selected", "true");
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
    input.setAttribute("aria-activedescendant", element.id);
  }

  return {
    /** Asks for completions of what stands in the box. */
    ask(parameters) {
      if (!parameters.get("q")?.trim()) {
        request.stop();
        show([]);
        return;
      }
      request.run(40, async (signal) => {
        let found = [];
        try {
          found = (await suggest(parameters, signal)).suggestions;
        } catch (error) {
          if (signal.aborted) throw error;
        }
        show(found);
      });
    },
    clear() {
      request.stop();
      show([]);
    },
    move,
    shown: () => options.length > 0,
    /** What is chosen by the keyboard, if anything is. */
    chosen: () => options[active]?.string,
  };
}

/** How much of the string is what has been typed: as far as both agree but for case and accents. */
function beginning(string, typed) {
  const fold = (text) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const wanted = fold(typed.trim());
  for (let length = 1; length <= string.length; length++)
    if (fold(string.slice(0, length)) === wanted) return length;
  return 0;
}
