import { concept as fetchConcept, releases as fetchReleases, latest } from "./api.js";
import { conceptView } from "./concept.js";
import { h } from "./element.js";
import { filters } from "./filters.js";
import { bindKeys } from "./keys.js";
import { neighbours } from "./neighbours.js";
import { releaseLine } from "./release-line.js";
import { releasesView } from "./releases-view.js";
import { resultViews } from "./result-views.js";
import { MOST } from "./results.js";
import { startView } from "./start-view.js";
import { addressOf, PAGE, parametersOf, readState } from "./state.js";
import { suggestions } from "./suggestions.js";
import { fillTexts, ownLat, t } from "./texts.js";
import { trouble } from "./trouble.js";

const EXAMPLES = [
  "crise cardiaque",
  "shortness of breath",
  "avoir mal au ventre",
  "water on the knee",
  "C0027051",
];
const TYPING_MS = 160;

const $ = (id) => document.getElementById(id);
const [input, results, conceptPane, status] = [$("query"), $("results"), $("concept"), $("status")];
let state = readState();
let known = [];
// Whether the present address shall stay in the history, or be replaced by the next letter typed.
let settled = true;
const views = resultViews();
const searching = latest();
const opening = latest();

const completions = suggestions({
  input,
  list: $("suggestions"),
  onTake: (text) => {
    input.value = text;
    submit();
  },
});

const menus = filters({
  element: $("filters"),
  onChange: (name, values) => go({ ...state, [name]: values, k: PAGE }),
  onVoices: (view, encoders) => go({ ...state, view, encoders, k: PAGE }),
});

/** The release that is searched. */
function release() {
  const active = known.filter((entry) => entry.active);
  return active.find(({ dataset }) => dataset === state.dataset) ?? active[0];
}

/** The encoders asked, in the release's order: the place of each gives it its colour. */
const voices = () => release()?.encoders.map(({ id }) => id) ?? [];

/** Shows another state and gives it an address of its own. */
function go(next) {
  const before = state;
  state = next;
  const address = addressOf(state);
  if (address !== addressOf(before)) history.pushState(null, "", address);
  settled = true;
  show(before, 0);
}

/** Brings the page to the present state; only what differs from the one before is asked for. */
function show(before, delay) {
  const asked = (of) => `${of.view} ${parametersOf(of)}`;
  $("clear").hidden = input.value === "";
  document.title = [state.q, "Termduet"].filter(Boolean).join(" – ");
  if (!before || asked(before) !== asked(state)) {
    menus.show(release(), state);
    showResults(delay);
  }
  if ((before?.cui ?? "") !== state.cui) showConcept();
  else if (before && asked(before) !== asked(state) && state.cui) markCurrent();
}

function showResults(delay) {
  if (state.q.trim() === "") {
    searching.stop();
    document.body.classList.remove("busy");
    const start = known.length > 0 ? [startView(release(), EXAMPLES, (text) => take(text))] : [];
    results.replaceChildren(...(state.cui ? [] : start));
    status.textContent = "";
    return;
  }
  document.body.classList.add("busy");
  searching.run(delay, async (signal) => {
    const asked = state;
    try {
      const { responses, elements, summary } = await views(asked, voices(), { signal, onMore });
      menus.learn(responses);
      results.replaceChildren(...elements(state));
      document.body.classList.toggle("side", asked.view === "side");
      status.textContent = summary;
      menus.show(release(), state);
    } catch (error) {
      if (signal.aborted) throw error;
      results.replaceChildren(trouble(error, () => showResults(0)));
      status.textContent = results.textContent;
    }
    document.body.classList.remove("busy");
  });
}

function onMore() {
  const from = links().length;
  go({ ...state, k: Math.min(MOST, state.k + PAGE) });
  const watch = new MutationObserver(() => {
    watch.disconnect();
    links()[from]?.focus();
  });
  watch.observe(results, { childList: true });
}

function showConcept() {
  document.body.classList.toggle("reading", state.cui !== "");
  markCurrent();
  if (state.cui === "") {
    opening.stop();
    conceptPane.hidden = true;
    conceptPane.replaceChildren();
    if (state.q.trim() === "") showResults(0);
    return;
  }
  if (state.q.trim() === "") results.replaceChildren();
  const { cui } = state;
  opening.run(0, async (signal) => {
    const parameters = new URLSearchParams();
    if (state.dataset) parameters.set("dataset", state.dataset);
    if (ownLat) parameters.set("lat", ownLat);
    try {
      const concept = await fetchConcept(cui, parameters, signal);
      const near = neighbours(concept, state, signal);
      menus.name(cui, concept.name);
      if (state.under.includes(cui)) menus.show(release(), state);
      conceptPane.replaceChildren(
        ...conceptView(concept, state, { near, onClose: closeConcept, onUnder: searchUnder }).filter(Boolean),
      );
      document.title = `${concept.name} – Termduet`;
    } catch (error) {
      if (signal.aborted) throw error;
      conceptPane.replaceChildren(
        h("button", { type: "button", class: "back", onclick: closeConcept }, t("close")),
        trouble(error, showConcept),
      );
    }
    conceptPane.hidden = false;
    conceptPane.scrollTop = 0;
    if (getComputedStyle(conceptPane).position !== "sticky") scrollTo(0, 0);
    (conceptPane.querySelector("h1") ?? conceptPane.querySelector("button")).focus({ preventScroll: true });
  });
}

/** Searches among what stands below a concept. */
function searchUnder(cui) {
  go({ ...state, under: [cui], k: PAGE });
  if (state.q === "") input.focus();
}

function closeConcept() {
  const { cui } = state;
  go({ ...state, cui: "" });
  const link = links().find((a) => a.dataset.cui === cui);
  (link ?? input).focus();
}

function markCurrent() {
  for (const item of results.querySelectorAll("li.result")) {
    if (item.dataset.cui === state.cui) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  }
}

const links = () => [...results.querySelectorAll(".result a[data-cui]")];

function take(text) {
  input.value = text;
  submit();
  input.focus();
}

/** What stands in the box is meant: it gets an entry in the history. */
function submit() {
  completions.clear();
  go({ ...state, q: input.value.trim(), k: PAGE, cui: "" });
}

function typed() {
  const before = state;
  state = { ...state, q: input.value.trim(), k: PAGE, cui: "" };
  if (settled) history.pushState(null, "", addressOf(state));
  else history.replaceState(null, "", addressOf(state));
  settled = false;
  const parameters = parametersOf(state);
  for (const name of ["sty", "encoders"]) parameters.delete(name);
  parameters.set("k", "20");
  completions.ask(parameters);
  show(before, TYPING_MS);
}

input.addEventListener("input", typed);

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = completions.chosen();
  if (chosen !== undefined) {
    take(chosen);
    return;
  }
  const wasShown = state.q === input.value.trim() && !document.body.classList.contains("busy");
  submit();
  if (wasShown) links()[0]?.focus();
});

function clear() {
  input.value = "";
  submit();
  input.focus();
}

$("clear").addEventListener("click", clear);

bindKeys({
  input,
  results,
  completions,
  links,
  clear,
  closeMenu: menus.close,
  back: () => (state.cui ? closeConcept() : input.focus()),
});

// Links to concepts open here; with a modifier key they are links like any other.
document.addEventListener("click", (event) => {
  if (!event.target.closest("#filters details"))
    for (const menu of document.querySelectorAll("#filters details[open]")) menu.open = false;
  const link = event.target.closest("a[data-cui], a[data-action]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  if (link.dataset.action === "home") clear();
  else go({ ...state, cui: link.dataset.cui });
});

addEventListener("popstate", () => {
  const before = state;
  state = readState();
  settled = true;
  input.value = state.q;
  completions.clear();
  show(before, 0);
});

function showRelease() {
  const active = known.filter((entry) => entry.active);
  const onChoose = (dataset) => {
    go({ ...state, dataset, sab: [], lat: [], sty: [], under: [], encoders: [], cui: "" });
    showRelease();
  };
  $("release").replaceChildren(...releaseLine(active, release(), { onChoose, onOpen: showReleases }));
}

function showReleases() {
  const dialog = $("releases");
  dialog.replaceChildren(...releasesView(known, release(), () => dialog.close()));
  dialog.showModal();
}

// The concept beside the list starts below the search box, whatever its height.
new ResizeObserver(([{ target }]) => {
  document.documentElement.style.setProperty("--searchbar", `${target.offsetHeight}px`);
}).observe(document.querySelector("search"));

async function start() {
  fillTexts(t);
  input.placeholder = t("placeholder");
  // Who comes to search can type at once; who follows a link to a concept reads first.
  if (state.q === "" && state.cui === "") input.focus();
  if (input.value === "") input.value = state.q;
  try {
    known = (await fetchReleases()).releases;
  } catch (error) {
    results.replaceChildren(trouble(error, start));
    return;
  }
  if (!state.dataset && known.filter((entry) => entry.active).length > 1)
    state = { ...state, dataset: release().dataset };
  showRelease();
  menus.show(release(), state);
  if (input.value.trim() !== state.q) typed();
  show(undefined, 0);
}

await start();
