/** What the page shows, as its address says it: so every view has a link. */
export function readState(search = location.search) {
  const parameters = new URLSearchParams(search);
  const list = (name) => (parameters.get(name) ?? "").split(",").filter(Boolean);
  return {
    q: parameters.get("q") ?? "",
    dataset: parameters.get("dataset") ?? "",
    sab: list("sab"),
    lat: list("lat"),
    sty: list("sty"),
    under: list("under"),
    encoders: list("encoders"),
    k: Math.min(200, Math.max(1, Number.parseInt(parameters.get("k") ?? "", 10) || PAGE)),
    view: parameters.get("view") === "side" ? "side" : "merged",
    cui: parameters.get("c") ?? "",
  };
}

/** Results of a first page. */
export const PAGE = 20;

/** The address of a state. */
export function addressOf(state) {
  const parameters = parametersOf(state);
  if (state.k === PAGE) parameters.delete("k");
  if (state.view === "side") parameters.set("view", "side");
  if (state.cui) parameters.set("c", state.cui);
  const text = parameters.toString();
  return text === "" ? location.pathname : `${location.pathname}?${text}`;
}

/** The parameters of the search itself, as the API takes them. */
export function parametersOf({ q, dataset, sab, lat, sty, under, encoders, k }) {
  const parameters = new URLSearchParams();
  if (q) parameters.set("q", q);
  for (const [name, values] of Object.entries({ sab, lat, sty, under, encoders }))
    if (values.length > 0) parameters.set(name, values.join(","));
  if (dataset) parameters.set("dataset", dataset);
  parameters.set("k", String(k));
  return parameters;
}
