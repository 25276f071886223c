import { h } from "./element.js";
import { languageName, number, t } from "./texts.js";

/**
 * Menus of what the release holds, and the encoders to ask. `onChange` gets the names of the changed list and its new
 * values, `onVoices` the view and the encoders.
 */
export function filters({ element, onChange, onVoices }) {
  const types = new Map();
  let counts = new Map();
  const above = new Map();
  let open;

  function menu(name, entries, chosen, note) {
    const boxes = entries.map(({ value, label, count }) =>
      h(
        "label",
        {},
        h("input", {
          type: "checkbox",
          value,
          checked: chosen.includes(value),
          onchange: () => {
            const all = [...element.querySelectorAll(`[data-menu="${name}"] input:checked`)];
            onChange(
              name,
              all.map((box) => box.value),
            );
          },
        }),
        h("span", {}, label),
        count === undefined ? "" : h("span", { class: "count" }, number.format(count)),
      ),
    );
    const title = chosen.length > 0 ? `${t(name)} · ${chosen.length}` : t(name);
    return h(
      "details",
      {
        "data-menu": name,
        open: open === name,
        class: chosen.length > 0 ? "chosen" : undefined,
        ontoggle: (event) => toggled(name, event.currentTarget),
      },
      h("summary", {}, title),
      h(
        "div",
        { class: "menu", role: "group", "aria-label": t(name) },
        boxes.length > 0 ? boxes : h("p", {}, note),
      ),
    );
  }

  function toggled(name, details) {
    if (details.open) {
      open = name;
      for (const other of element.querySelectorAll("details[open]"))
        if (other !== details) other.open = false;
    } else if (open === name) open = undefined;
  }

  function labelOf(name, value) {
    if (name === "lat") return languageName(value);
    if (name === "sty") return types.get(value) ?? value;
    return name === "under" ? t("underChip", { name: above.get(value) ?? value }) : value;
  }

  function chips(state) {
    const all = ["sab", "lat", "sty", "under"].flatMap((name) =>
      state[name].map((value) => ({ name, value })),
    );
    return all.map(({ name, value }) => {
      const label = labelOf(name, value);
      return h(
        "button",
        {
          type: "button",
          class: "chip",
          "aria-label": t("remove", { name: label }),
          onclick: () =>
            onChange(
              name,
              state[name].filter((other) => other !== value),
            ),
        },
        label,
        h("span", { "aria-hidden": "true" }, " ×"),
      );
    });
  }

  function voices(release, state) {
    const ids = release.encoders.map(({ id }) => id);
    if (ids.length < 2) return "";
    const isChosen = (view, values) => state.view === view && state.encoders.join() === values.join();
    const choice = (label, view, values, className) =>
      h(
        "button",
        {
          type: "button",
          class: className,
          "aria-pressed": String(isChosen(view, values)),
          onclick: () => onVoices(view, values),
        },
        label,
      );
    return h(
      "div",
      { class: "voices", role: "group", "aria-label": t("encoders") },
      choice(t("merged"), "merged", [], ""),
      choice(t("side"), "side", [], ""),
      ids.map((id, i) => choice(id, "merged", [id], `voice voice-${i}`)),
    );
  }

  return {
    /** Remembers the semantic types that the results have, and how many have each. */
    learn(responses) {
      counts = new Map();
      for (const { value, name, count } of responses.flatMap(({ facets }) => facets?.sty ?? [])) {
        types.set(value, name ?? value);
        counts.set(value, Math.max(count, counts.get(value) ?? 0));
      }
    },
    /** The name of a concept below which is searched. */
    name(cui, name) {
      above.set(cui, name);
    },
    show(release, state) {
      if (!release) return;
      const counted = (counts, label) =>
        Object.entries(counts)
          .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
          .map(([value, count]) => ({ value, label: label(value), count }));
      const typeEntries = [...new Set([...counts.keys(), ...state.sty])]
        .map((value) => ({ value, label: types.get(value) ?? value, count: counts.get(value) }))
        .sort((a, b) => (b.count ?? 0) - (a.count ?? 0) || a.label.localeCompare(b.label));
      const focused = document.activeElement?.closest?.("#filters input")?.value;
      element.replaceChildren(
        menu(
          "sab",
          counted(release.counts.bySab, (sab) => sab),
          state.sab,
          t("none"),
        ),
        menu("lat", counted(release.counts.byLat, languageName), state.lat, t("none")),
        menu("sty", typeEntries, state.sty, t("typesLater")),
        ...chips(state),
        voices(release, state),
      );
      if (focused !== undefined)
        element.querySelector(`details[open] input[value="${CSS.escape(focused)}"]`)?.focus();
    },
    /** Closes an open menu; whether there was one. */
    close() {
      const menu = element.querySelector("details[open]");
      if (!menu) return false;
      menu.open = false;
      menu.querySelector("summary").focus();
      return true;
    },
  };
}
