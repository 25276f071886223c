import { Refusal } from "./api.js";
import { h } from "./element.js";
import { t } from "./texts.js";

/** What went wrong, in the server's words where it has some, and a way to try again. */
export function trouble(error, retry) {
  const text = error instanceof Refusal ? error.message : t("offline");
  return h(
    "div",
    { class: "notice" },
    h("p", {}, text),
    h("button", { type: "button", onclick: retry }, t("retry")),
  );
}
