import { search } from "./api.js";
import { h } from "./element.js";
import { conceptLink } from "./lists.js";
import { dots, separated } from "./marks.js";
import { addressOf, parametersOf } from "./state.js";
import { t } from "./texts.js";

const FEW = 8;

/** The concepts nearest by meaning, as the encoders see the concept's name; the place is kept until they are found. */
export function neighbours({ cui, name }, state, signal) {
  const list = h(
    "ul",
    { class: "links near", "aria-busy": "true" },
    h("li", { class: "note" }, t("searching")),
  );
  const parameters = parametersOf({
    ...state,
    q: name.slice(0, 1_000),
    sab: [],
    sty: [],
    under: [],
    k: FEW + 1,
  });
  const linkTo = (target) => addressOf({ ...state, cui: target });
  search(parameters, signal)
    .then(({ results }) => {
      const others = results.filter((result) => result.cui !== cui).slice(0, FEW);
      list.replaceChildren(...others.map((result) => item(result, linkTo)));
    })
    .catch(() => list.replaceChildren(h("li", { class: "note" }, t("offline"))))
    .finally(() => list.removeAttribute("aria-busy"));
  return list;
}

function item({ cui, name, rating, semanticTypes }, linkTo) {
  const types = semanticTypes.map((type) => type.name);
  return h(
    "li",
    {},
    dots(rating),
    conceptLink({ cui, name }, linkTo),
    " ",
    h("span", { class: "origin" }, separated(types)),
  );
}
