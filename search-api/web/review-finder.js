import { latest, search } from "./api.js";
import { h } from "./element.js";
import { separated } from "./marks.js";
import { t } from "./review-texts.js";

/** A search for a concept that neither encoder proposed. `onTake` gets its CUI and name. */
export function finder({ dataset, onTake }) {
  const request = latest();
  const list = h("ul", { class: "found" });
  const input = h("input", {
    type: "text",
    inputmode: "search",
    maxlength: 1000,
    "aria-label": t("findLabel"),
    placeholder: t("find"),
    oninput: () => ask(),
    onkeydown: (event) => {
      if (event.key === "Enter") list.querySelector("button")?.click();
      if (event.key === "ArrowDown") list.querySelector("button")?.focus();
      if (event.key === "Escape") {
        clear();
        input.blur();
      }
    },
  });

  function clear() {
    request.stop();
    input.value = "";
    list.replaceChildren();
  }

  function ask() {
    const q = input.value.trim();
    if (q === "") {
      list.replaceChildren();
      return;
    }
    request.run(160, async (signal) => {
      const parameters = new URLSearchParams({ q, k: 6, ...(dataset ? { dataset } : {}) });
      const { results } = await search(parameters, signal);
      list.replaceChildren(...results.map(option));
    });
  }

  function option({ cui, name, string, semanticTypes }) {
    const facts = [...(string === name ? [] : [string]), ...semanticTypes.map((type) => type.name), cui];
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          onclick: () => {
            clear();
            onTake({ cui, name });
          },
        },
        h("span", { class: "name" }, name),
        " ",
        h("span", { class: "facts" }, separated(facts)),
      ),
    );
  }

  return h("div", { class: "finder" }, input, list);
}
