/** One request of a fuzz: wrong on purpose in one way or several. */
export interface FuzzRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

const TEXTS = [
  "heart",
  "crise cardiaque",
  "C0027051",
  "",
  " ",
  "'",
  '"',
  "\\",
  "%",
  "_",
  "*",
  "?",
  "\u0000",
  "\u202e",
  "💔",
  "\ud800",
  "' OR '1'='1",
  "'; DROP TABLE x; --",
  "../../etc/passwd",
  "$&{jndi:ldap://x}",
  "<script>alert(1)</script>",
  "{{7*7}}",
  "a".repeat(1_000),
  "a".repeat(1_001),
  "(".repeat(500),
  "ﷺ".repeat(300),
  "a\u0301".repeat(400),
  "NaN",
  "-1",
  "0",
  "1e308",
  "9007199254740993",
  "true",
  "null",
  "[]",
  "{}",
  "undefined",
  "__proto__",
  "constructor",
  "\r\nX-Evil: 1",
];
const NAMES = [
  "q",
  "k",
  "offset",
  "sab",
  "lat",
  "tty",
  "sty",
  "group",
  "cui",
  "under",
  "lang",
  "facets",
  "encoders",
  "explain",
  "dataset",
  "string",
  "searchType",
  "inputType",
  "returnIdType",
  "pageNumber",
  "pageSize",
  "sabs",
  "semanticTypes",
  "semanticGroups",
  "apiKey",
  "targetSource",
  "url",
  "code",
  "system",
  "version",
  "filter",
  "count",
  "displayLanguage",
  "includeDesignations",
  "property",
  "display",
  "targetsystem",
  "reverse",
  "sourceCode",
  "_format",
  "mode",
  "__proto__",
  "nonsense",
];
const SYSTEMS = [
  "urn:termduet:sample",
  "urn:termduet:sample?fhir_vs",
  "urn:termduet:sample?fhir_vs=isa/C0018799",
  "urn:none",
];
const TEMPLATES = [
  "/api/v1/search",
  "/api/v1/search",
  "/api/v1/suggest",
  "/api/v1/concepts/{}",
  "/api/v1/releases",
  "/api/v1/openapi.json",
  "/api/v1/search/stream",
  "/healthz",
  "/readyz",
  "/metrics",
  "/",
  "/mcp",
  "/{}",
  "/rest/search/{}",
  "/rest/search/current",
  "/rest/content/current/CUI/{}",
  "/rest/content/current/CUI/{}/atoms",
  "/rest/content/current/CUI/{}/definitions",
  "/rest/content/current/CUI/{}/relations",
  "/rest/content/current/source/{}/{}",
  "/rest/content/current/source/{}/{}/descendants",
  "/rest/crosswalk/current/source/{}/{}",
  "/rest/semantic-network/current/TUI/{}",
  "/fhir/r4/metadata",
  "/fhir/{}/metadata",
  "/fhir/r4/CodeSystem",
  "/fhir/r5/ValueSet/{}",
  "/fhir/r4/CodeSystem/$lookup",
  "/fhir/r5/CodeSystem/$validate-code",
  "/fhir/r4/ValueSet/$expand",
  "/fhir/r5/ValueSet/$expand",
  "/fhir/r4/ValueSet/$validate-code",
  "/fhir/r4/ConceptMap/$translate",
  "/fhir/r5/ConceptMap/{}/$translate",
];
const METHODS = [
  "GET",
  "GET",
  "GET",
  "GET",
  "POST",
  "POST",
  "POST",
  "PUT",
  "DELETE",
  "OPTIONS",
  "HEAD",
  "PATCH",
];
const TYPES = [
  "application/json",
  "application/json",
  "application/fhir+json",
  "application/x-ndjson",
  "text/csv",
  "text/plain",
  "application/xml",
  "",
];

/** Requests over all doors, the same for the same numbers: right ones, nearly right ones, and nonsense. */
export function fuzzRequest(random: () => number): FuzzRequest {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const text = (): string => (random() < 0.15 ? pick(SYSTEMS) : random() < 0.2 ? noise(random) : pick(TEXTS));
  const place = pick(TEMPLATES).replaceAll("{}", () => encoded(random() < 0.3 ? "C0027051" : text()) || "x");
  const parameters = Array.from({ length: Math.floor(random() * 5) }, () => {
    const value = random() < 0.1 ? text() : encoded(text());
    return `${encoded(pick(NAMES))}=${value.replaceAll(/[^!-~]/g, "")}`;
  });
  const method = pick(METHODS);
  const headers: Record<string, string> =
    random() < 0.1 ? { Authorization: "Bearer x", Accept: "text/csv" } : {};
  const path = parameters.length > 0 ? `${place}?${parameters.join("&")}` : place;
  if (!["POST", "PUT", "PATCH"].includes(method)) return { method, path, headers };
  const type = pick(TYPES);
  if (type !== "") headers["Content-Type"] = type;
  return { method, path, headers, body: bodyOf(random, pick, text) };
}

function bodyOf(random: () => number, pick: <T>(values: readonly T[]) => T, text: () => string): string {
  const value = (depth: number): unknown =>
    pick<() => unknown>([
      text,
      text,
      () => random() * 1e6,
      () => random() < 0.5,
      () => null,
      () => (depth > 3 ? 0 : Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1))),
      () => (depth > 3 ? {} : Object.fromEntries([0, 1].map(() => [pick(NAMES), value(depth + 1)]))),
    ])();
  const parameter = () => ({
    name: pick(NAMES),
    [pick(["valueString", "valueUri", "valueCoding", "resource", "part"])]: value(0),
  });
  return pick<() => string>([
    () =>
      JSON.stringify({ queries: [text(), text()], k: Math.floor(random() * 12), filter: { sab: [text()] } }),
    () =>
      JSON.stringify({ queries: value(0), k: value(0), filter: value(0), lang: value(0), facets: value(0) }),
    () => JSON.stringify({ resourceType: "Parameters", parameter: [parameter(), parameter(), parameter()] }),
    () =>
      JSON.stringify({
        resourceType: "ValueSet",
        compose: { include: [{ system: pick(SYSTEMS), filter: value(0), concept: value(0) }] },
      }),
    () =>
      JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: pick(["tools/call", "tools/list", "nonsense"]),
        params: { name: "search", arguments: value(0) },
      }),
    () => JSON.stringify(value(0)),
    () => `{"queries":["x"`,
    () => "[".repeat(10_000),
    () => `id,query\n1,${text()}\n"`,
    () => `${JSON.stringify(text())}\n${JSON.stringify({ id: 1, query: text() })}\n{`,
    () => noise(random),
    () => "",
  ])();
}

function noise(random: () => number): string {
  return Array.from({ length: Math.floor(random() * 40) }, () =>
    String.fromCharCode(Math.floor(random() * 0x3000)),
  ).join("");
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What is wrong with an answer to any request whatever; undefined where nothing is. */
export function faultOfAnswer(status: number, body: string): string | undefined {
  if (status >= 500) return `status ${status}`;
  if (/\bat \S+ \(?(?:file:|node:|\/)|node_modules|\.ts:\d+|\/work\/|\/home\/|\/tmp\//.test(body))
    return "a stack or a path of the machine";
  return undefined;
}
