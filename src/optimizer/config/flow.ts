import { TermduetError } from "../../terminology/termduet-error.ts";
import { stepOf } from "../pass-step.ts";
import { PASSES, passNamed } from "../passes/catalogue.ts";
import type { PassChoice, Place } from "../search/search-space.ts";
import type { PlaceConfig } from "./optimizer-config.ts";

/** The places of a configured flow. Errors: `bad-input` naming a pass or parameter that there is not. */
export function placesOf(configured: readonly PlaceConfig[]): Place[] {
  const places = configured.map((place) =>
    (Array.isArray(place) ? place : [place]).map((choice) => (choice === null ? null : choiceOf(choice))),
  );
  if (places[0]?.some((choice) => choice?.pass.name !== "onnx-conversion"))
    throw new TermduetError(
      "bad-input",
      "passes: the first pass makes the graph: it must be onnx-conversion",
    );
  return places;
}

function choiceOf({
  pass: name,
  parameters,
}: {
  pass: string;
  parameters: Record<string, unknown>;
}): PassChoice {
  const pass = passNamed(name);
  if (!pass) {
    const known = PASSES.map((p) => p.name).join(", ");
    throw new TermduetError("bad-input", `passes: there is no pass ${name}; there are ${known}`);
  }
  const fixed: Record<string, unknown> = {};
  const searched: Record<string, readonly unknown[]> = {};
  for (const [key, value] of Object.entries(parameters)) {
    const values = searchedValues(value, pass.search[key]);
    if (values) searched[key] = values;
    else fixed[key] = value;
  }
  // Every value is looked at before the first candidate is made.
  const keys = Object.keys(searched);
  stepOf(pass, { ...fixed, ...Object.fromEntries(keys.map((key) => [key, searched[key]![0]])) });
  for (const key of keys)
    for (const value of searched[key]!)
      stepOf(pass, { ...fixed, ...Object.fromEntries(keys.map((k) => [k, searched[k]![0]])), [key]: value });
  return { pass, fixed, searched };
}

function searchedValues(value: unknown, own: readonly unknown[] | undefined): readonly unknown[] | undefined {
  if (value === null || typeof value !== "object" || !("search" in value)) return undefined;
  return value.search === "default" ? own : (value.search as unknown[]);
}
