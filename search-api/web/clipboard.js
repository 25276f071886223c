import { currentKey } from "./key.js";
import { t } from "./texts.js";

/** Copies a text and says so on the button for a moment. */
export async function copy(text, button) {
  const before = button.textContent;
  button.textContent = (await copied(text)) ? t("copied") : t("copyFailed");
  setTimeout(() => {
    button.textContent = before;
  }, 1500);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByHand(text);
  }
}

// Over plain HTTP from another machine a browser has no clipboard API.
function copiedByHand(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

/** A command line that asks the same; a key is named and not told. */
export function curlOf(path, parameters) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = [...(parameters ?? [])].map(
    ([name, value]) => ` --data-urlencode ${quoted(`${name}=${value}`)}`,
  );
  const key = currentKey() ? ' -H "Authorization: Bearer $TERMDUET_API_KEY"' : "";
  return `curl -sG${key} ${quoted(new URL(path, location.href).href)}${parts.join("")}`;
}
