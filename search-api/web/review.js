import { concept as fetchConcept, get, Refusal } from "./api.js";
import { h } from "./element.js";
import { aboutView, whoView } from "./review-about.js";
import { candidateView, conceptsOf } from "./review-candidates.js";
import { entryWalk } from "./review-entries.js";
import { entryView, isAsked } from "./review-entry.js";
import { bindReviewKeys } from "./review-keys.js";
import { outbox } from "./review-outbox.js";
import { t } from "./review-texts.js";
import { fillTexts, number, ownLat } from "./texts.js";

const SHOWN = ["all", "todo", "disputed"];
// Whoever rates by the second does not read definitions; they are asked for when an entry stays.
const READING_MS = 120;
const MOST_DETAILS = 300;

const $ = (id) => document.getElementById(id);
const [main, about] = [$("main"), $("about")];
const details = new Map();
const undone = [];
let review;
let reviewer;
let walk;
let show;
let here;
let current;
let expanded = false;
let reading;
let box;
let others;

const ownOf = (entry, cui) => entry.ratings.find((r) => r.cui === cui && r.reviewer === reviewer)?.rating;
const isDone = (entry) => entry.toRate.every((cui) => ownOf(entry, cui) !== undefined);

/** Shows an entry; its address can be shared. */
async function goTo(index) {
  const entry = await walk.fetch(index);
  if (!entry) return finished();
  here = entry;
  expanded = false;
  current = entry.toRate.find((cui) => ownOf(entry, cui) === undefined) ?? conceptsOf(entry)[0]?.cui;
  const address = `?${new URLSearchParams({ e: index + 1, show })}`;
  if (address !== location.search) history.replaceState(null, "", address);
  draw();
  scrollTo(0, 0);
  main.querySelector("h1").focus({ preventScroll: true });
}

function finished() {
  here = undefined;
  const texts = show === "disputed" ? [t("none")] : [t("done"), t("doneText")];
  main.replaceChildren(
    h(
      "div",
      { class: "start" },
      h("h1", { tabindex: "-1" }, texts[0]),
      texts.slice(1).map((text) => h("p", {}, text)),
      shownChoice(),
    ),
  );
  place();
  main.querySelector("h1").focus();
}

function draw() {
  const entry = here;
  const of = (cui) => contextOf(entry, cui);
  const context = { dataset: review.dataset, expanded, onMore: more, onBring: bring, of };
  main.replaceChildren(entryView(entry, context), controls());
  place();
  clearTimeout(reading);
  reading = setTimeout(() => read(entry), READING_MS);
}

function contextOf(entry, cui) {
  return {
    encoders: review.encoders,
    own: ownOf(entry, cui),
    others: entry.ratings.filter((r) => r.cui === cui && r.reviewer !== reviewer),
    details: details.get(cui),
    current: cui === current,
    onRate: rate,
    onChoose: choose,
  };
}

function controls() {
  const button = (label, key, onclick) =>
    h("button", { type: "button", onclick }, label, " ", h("kbd", { "aria-hidden": "true" }, key));
  return h(
    "nav",
    { class: "controls", "aria-label": t("show") },
    button(t("previous"), "←", () => step(-1)),
    button(t("next"), "→", () => step(1)),
    button(t("undo"), "z", undo),
    shownChoice(),
    button(t("keys"), "?", openAbout),
  );
}

function shownChoice() {
  return h(
    "span",
    { class: "voices", role: "group", "aria-label": t("show") },
    SHOWN.map((name) =>
      h(
        "button",
        { type: "button", "aria-pressed": String(name === show), onclick: () => walkThrough(name, 0) },
        t(name),
      ),
    ),
  );
}

/** Reads what the release says of the shown concepts, one after the other, and shows it while the entry is there. */
async function read(entry) {
  for (const concept of conceptsOf(entry)) {
    const { cui } = concept;
    if (entry !== here) return;
    if (details.has(cui) || !(expanded || isAsked(entry, cui))) continue;
    const parameters = new URLSearchParams({
      ...(review.dataset ? { dataset: review.dataset } : {}),
      ...(ownLat ? { lat: ownLat } : {}),
    });
    try {
      details.set(cui, await fetchConcept(cui, parameters));
    } catch {
      continue;
    }
    if (details.size > MOST_DETAILS) details.delete(details.keys().next().value);
    if (entry !== here) return;
    const item = main.querySelector(`.candidate[data-cui="${CSS.escape(cui)}"]`);
    item?.replaceWith(candidateView(concept, { entry, ...contextOf(entry, cui) }));
  }
}

function place() {
  const me = review.reviewers.find((one) => one.reviewer === reviewer);
  const done = me?.pairs ?? 0;
  $("progress").max = Math.max(1, review.pairs);
  $("progress").value = done;
  $("place").replaceChildren(
    here ? `${t("entryOf", { i: number.format(here.index + 1), n: number.format(review.entries) })} · ` : "",
    t("pairsOf", { done: number.format(done), n: number.format(review.pairs) }),
  );
}

function say(text) {
  $("status").textContent = text;
}

/** Puts a rating into what this window knows; `delta` is by how many rated pairs it changes its reviewer's progress. */
function note({ index, cui, by, rating, delta }) {
  const entry = walk?.entry(index);
  if (entry) {
    entry.ratings = entry.ratings.filter((r) => r.cui !== cui || r.reviewer !== by);
    if (rating !== null) entry.ratings.push({ cui, reviewer: by, rating });
  }
  let one = review.reviewers.find((known) => known.reviewer === by);
  if (!one) {
    one = { reviewer: by, pairs: 0, entries: 0 };
    review.reviewers.push(one);
  }
  one.pairs += delta;
}

function newsOf(entry, cui, rating) {
  const rated = Number(rating !== null) - Number(ownOf(entry, cui) !== undefined);
  return { index: entry.index, cui, by: reviewer, rating, delta: entry.toRate.includes(cui) ? rated : 0 };
}

function give(entry, cui, rating, undoes) {
  const event = { id: newId(), entry: entry.id, cui, reviewer, rating, ...(undoes ? { undoes } : {}) };
  const before = ownOf(entry, cui) ?? null;
  box.add(event);
  const news = newsOf(entry, cui, rating);
  note(news);
  others.postMessage(news);
  if (!undoes) undone.push({ id: event.id, index: entry.index, cui, previous: before });
}

/** `crypto.randomUUID` is there on secure origins alone. */
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

const nameOf = (entry, cui) =>
  details.get(cui)?.name ?? conceptsOf(entry).find((c) => c.cui === cui)?.name ?? cui;

function rate(cui, rating) {
  const entry = here;
  give(entry, cui, rating);
  say(t("ratedNow", { name: nameOf(entry, cui), rating }));
  const next = entry.toRate.find((other) => ownOf(entry, other) === undefined);
  if (next !== undefined) {
    current = next;
    draw();
  } else if (entry.toRate.includes(cui)) void step(1);
  else draw();
}

async function undo() {
  const last = undone.pop();
  if (!last) return say(t("nothingToUndo"));
  const entry = await walk.fetch(last.index);
  give(entry, last.cui, last.previous, last.id);
  await goTo(last.index);
  current = last.cui;
  draw();
  say(t("undone", { name: nameOf(entry, last.cui) }));
}

async function step(direction) {
  if (!here) return;
  const from = here;
  const wanted = show === "todo" ? (entry) => !isDone(entry) : () => true;
  try {
    const index = direction > 0 ? await walk.after(from.index, wanted) : await walk.before(from.index);
    if (here !== from) return; // meanwhile somebody went elsewhere
    if (index !== undefined) await goTo(index);
    else if (direction > 0) finished();
  } catch (error) {
    say(error instanceof Refusal ? error.message : t("failing", { n: box.pending().length }));
    // The rating is safe; the way on is tried again.
    setTimeout(() => (here === from ? step(direction) : undefined), 700);
  }
}

function choose(cui) {
  if (cui === current) return;
  current = cui;
  draw();
}

function move(direction) {
  if (!here) return;
  const shown = [...main.querySelectorAll(".candidate")].map((item) => item.dataset.cui);
  const at = shown.indexOf(current) + direction;
  if (at < 0 || at >= shown.length) return;
  choose(shown[at]);
  main.querySelector(".candidate[aria-current]").scrollIntoView({ block: "nearest" });
}

function more() {
  expanded = !expanded;
  draw();
}

function bring({ cui, name }) {
  here.brought = [...(here.brought ?? []), { cui, name }];
  current = cui;
  draw();
  main.querySelector("h1").focus({ preventScroll: true });
}

async function openAbout() {
  await refresh();
  about.replaceChildren(...aboutView(review, () => about.close()));
  about.showModal();
}

async function refresh() {
  try {
    const seen = await get("api/v1/review", new URLSearchParams({ reviewer }));
    // What is still on its way is not in the server's figures.
    if (box.pending().length === 0) review = seen;
  } catch {
    return;
  }
  place();
}

async function walkThrough(name, from) {
  show = name;
  walk = entryWalk({ reviewer, show, from });
  try {
    const index = await walk.first();
    // What another window rated and the server does not know yet is not asked again.
    for (const { entry: id, cui, rating, reviewer: by } of box.pending())
      for (const entry of walk.loaded())
        if (entry.id === id && by === reviewer) note(newsOf(entry, cui, rating));
    if (index === undefined) finished();
    else await goTo(index);
  } catch (error) {
    main.replaceChildren(
      h(
        "div",
        { class: "notice" },
        error instanceof Refusal ? error.message : t("failing", { n: box.pending().length }),
      ),
    );
    setTimeout(() => walkThrough(name, from), 1_000);
  }
}

function showSaved({ waiting, failing }) {
  $("saved").classList.toggle("failing", failing);
  $("saved").textContent = failing
    ? t("failing", { n: waiting })
    : waiting > 0
      ? t("saving", { n: waiting })
      : t("saved");
}

async function begin(name) {
  reviewer = name;
  localStorage.setItem("termduet.reviewer", name);
  $("who").replaceChildren(
    name,
    " ",
    h("button", { type: "button", class: "all", onclick: ask }, t("change")),
  );
  const onRefused = (_, error) => say(t("refused", { why: error.message }));
  box ??= outbox({ review: review.id, onChange: showSaved, onRefused });
  others ??= new BroadcastChannel(`termduet.review.${review.id}`);
  others.onmessage = ({ data }) => {
    note(data);
    if (here?.index === data.index) draw();
    else place();
  };
  box.start();
  review = await get("api/v1/review", new URLSearchParams({ reviewer }));
  const { ratings } = await get("api/v1/review/undoable", new URLSearchParams({ reviewer }));
  undone.splice(0, undone.length, ...ratings.reverse());
  const asked = new URLSearchParams(location.search);
  const wanted = SHOWN.includes(asked.get("show")) ? asked.get("show") : "todo";
  const entry = Number.parseInt(asked.get("e") ?? "", 10);
  await walkThrough(wanted, Number.isNaN(entry) ? 0 : Math.max(0, entry - 1));
}

function ask() {
  here = undefined;
  $("who").replaceChildren();
  main.replaceChildren(whoView(review.reviewers, begin));
  main.querySelector("input").focus();
}

async function start() {
  fillTexts(t);
  document.title = `${t("title")} – Termduet`;
  try {
    review = await get("api/v1/review");
  } catch (error) {
    const told = error instanceof Refusal && error.code !== "not-found" ? error.message : undefined;
    const texts = told === undefined ? [t("nothing"), t("nothingText")] : [told];
    main.replaceChildren(
      h(
        "div",
        { class: "start" },
        h("h1", {}, texts[0]),
        texts.slice(1).map((text) => h("p", {}, text)),
      ),
    );
    return;
  }
  const name = localStorage.getItem("termduet.reviewer");
  if (name) await begin(name);
  else ask();
}

bindReviewKeys({
  rate: (rating) => here && current !== undefined && rate(current, rating),
  move,
  step,
  undo,
  more: () => here && more(),
  find: () => main.querySelector(".finder input")?.focus(),
  about: openAbout,
});
addEventListener("focus", () => box && refresh());

await start();
