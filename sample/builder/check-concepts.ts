import { type Concept, find, type Place } from "./model.ts";
import { fail, stopIfProblems } from "./problems.ts";

export function checkConcepts(concepts: Concept[]): Map<string, Concept> {
  const bySlug = new Map<string, Concept>();
  const seen = new Map<string, Place>();
  const once = (id: string, at: Place): void => {
    const other = seen.get(id);
    if (other) fail(at, `${id} stands at ${other.file}:${String(other.line)} already`);
    seen.set(id, at);
  };
  for (const concept of concepts) {
    once(concept.code, concept.at);
    once(concept.cui, concept.at);
    once(`slug '${concept.slug}'`, concept.at);
    bySlug.set(concept.slug, concept);
    if (concept.cui.startsWith("C98") && concept.cui !== ownCui(concept.code))
      fail(concept.at, `a CUI of our own for ${concept.code} is ${ownCui(concept.code)}`);
    for (const lang of ["ENG", "FRE"] as const) {
      if (!concept.names.some((name) => name.lang === lang && !name.lay))
        fail(concept.at, `no expert name in ${lang}`);
      if (concept.definitions.filter((definition) => definition.lang === lang).length > 1)
        fail(concept.at, `two definitions in ${lang}`);
    }
    if (!concept.definitions.some((definition) => definition.lang === "ENG"))
      fail(concept.at, "no English definition");
    const texts = new Set<string>();
    for (const name of concept.names) {
      const key = `${name.lang} ${name.text}`;
      if (texts.has(key)) fail(name.at, `'${name.text}' stands twice in this concept`);
      texts.add(key);
    }
  }
  for (const concept of concepts) {
    for (const link of [...concept.parents, ...concept.sites, ...concept.treats]) {
      if (!bySlug.has(link.slug)) fail(link.at, `no concept has the slug '${link.slug}'`);
      else if (link.slug === concept.slug) fail(link.at, "a concept cannot be linked to itself");
    }
  }
  stopIfProblems();
  for (const concept of concepts) {
    checkCycle(concept, bySlug, []);
    stopIfProblems();
  }
  return bySlug;
}

/** `TD:0123` and a CUI of our own, where UMLS has none that is surely right: `C9800123`. */
function ownCui(code: string): string {
  return `C98${code.slice(3).padStart(5, "0")}`;
}

function checkCycle(concept: Concept, bySlug: Map<string, Concept>, below: string[]): void {
  if (below.includes(concept.slug)) {
    fail(concept.at, `a circle of parents: ${[...below, concept.slug].join(" < ")}`);
    return;
  }
  for (const parent of concept.parents)
    checkCycle(find(bySlug, parent.slug), bySlug, [...below, concept.slug]);
}
