import { h } from "./element.js";
import { t } from "./texts.js";

const PLACE = "termduet.key";
let asking;

/** The key that this window asks with, if the server wants one; it is forgotten when the window is closed. */
export const currentKey = () => sessionStorage.getItem(PLACE) ?? "";

/** Asks for a key, once however many requests want one. `refused` is the one that was not good. */
export function askForKey(refused) {
  if (currentKey() !== refused) return Promise.resolve(); // another request has got one meanwhile
  asking ??= prompt(refused !== "").finally(() => {
    asking = undefined;
  });
  return asking;
}

function prompt(again) {
  return new Promise((resolve) => {
    const input = h("input", {
      id: "key",
      type: "password",
      required: true,
      autocomplete: "current-password",
    });
    const dialog = h(
      "dialog",
      { "aria-labelledby": "key-title" },
      h(
        "form",
        { method: "dialog", class: "asked" },
        h("h2", { id: "key-title" }, t("keyTitle")),
        h("p", { class: "note" }, again ? t("keyWrong") : t("keyText")),
        h("label", { class: "hidden", for: "key" }, t("keyTitle")),
        input,
        h("button", { type: "submit" }, t("keyGive")),
      ),
    );
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => {
      sessionStorage.setItem(PLACE, input.value.trim());
      dialog.remove();
      resolve();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
