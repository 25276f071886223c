import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FuzzRequest, faultOfAnswer, fuzzRequest } from "../../benchmarks/support/fuzz-requests.ts";
import { seededRandom } from "../../src/evaluation/metrics/seeded-random.ts";
import { type SampleApi, sampleApi } from "./support/sample-api.ts";

const REQUESTS = 1_500;
const MARK = "Untel";

// A piece of what benchmarks/fuzz.ts sends 50,000 of.
describe("all doors", () => {
  let api: SampleApi;
  beforeAll(async () => {
    api = await sampleApi();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const send = ({ method, path, headers, body }: FuzzRequest): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(api.url);
      const sent = request({ hostname, port, method, path, headers }, (response) => {
        let text = "";
        response.on("data", (data) => {
          text += data;
        });
        response.on("end", () => resolve({ status: response.statusCode!, text }));
        response.on("error", reject);
      });
      sent.setTimeout(20_000, () => sent.destroy(new Error("hang")));
      sent.on("error", reject);
      sent.end(body);
    });

  test(`answer ${REQUESTS} odd requests with no 5xx, no hang, no stack and no path of the machine`, async () => {
    const random = seededRandom(20);
    const statuses = new Map<number, number>();
    for (let i = 0; i < REQUESTS; i++) {
      const asked = fuzzRequest(random);
      const { status, text } = await send(asked);
      expect(faultOfAnswer(status, text), JSON.stringify(asked)).toBeUndefined();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    for (const status of [200, 400, 404, 405, 415])
      expect(statuses.get(status) ?? 0, `${status}`).toBeGreaterThan(5);
    expect((await api.send("/healthz")).status).toBe(200);
  }, 180_000);

  test("write nothing of what was asked to the log, the metrics or an error", async () => {
    const before = api.log().length;
    const q = encodeURIComponent(`${MARK} mal au ventre`);
    const answers: string[] = [];
    for (const path of [
      `/api/v1/search?q=${q}&dataset=${q}`,
      `/api/v1/search?${q}=1`,
      `/api/v1/suggest?q=x&k=${q}`,
      `/api/v1/concepts/${q}`,
      `/rest/search/${q}?string=x`,
      `/rest/search/current?string=x&searchType=${q}`,
      `/rest/search/current?string=x&semanticTypes=${q}`,
      `/rest/content/current/CUI/${q}`,
      `/rest/content/current/source/${q}/${q}`,
      `/rest/crosswalk/current/source/${q}/${q}`,
      `/fhir/r4/CodeSystem/$lookup?system=${q}&code=${q}`,
      `/fhir/r4/CodeSystem/$lookup?system=urn:termduet:sample&code=${q}`,
      `/fhir/r4/ValueSet/$expand?url=${q}`,
      `/fhir/r5/ConceptMap/$translate?url=${q}&sourceCode=${q}`,
      `/fhir/r4/${q}`,
      `/${q}`,
    ])
      answers.push((await send({ method: "GET", path, headers: { "User-Agent": MARK } })).text);
    const post = async (path: string, type: string, body: string) =>
      (await send({ method: "POST", path, headers: { "Content-Type": type }, body })).text;
    answers.push(await post("/api/v1/search", "application/json", `{"queries":["${MARK}"`));
    answers.push(await post("/api/v1/search", "application/json", JSON.stringify({ [MARK]: 1 })));
    answers.push(await post("/api/v1/search/stream", "text/csv", `id\n${MARK}\n`));
    answers.push(await post("/api/v1/search/stream", "text/csv", `"${MARK}`));
    answers.push(
      await post(
        "/fhir/r4/ValueSet/$expand",
        "application/fhir+json",
        JSON.stringify({ resourceType: MARK }),
      ),
    );
    const input = {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "concept", arguments: { cui: MARK } },
    };
    answers.push(await post("/mcp", "application/json", JSON.stringify(input)));
    // Answers that find something may repeat the query; these found nothing.
    for (const answer of answers) expect(answer).not.toContain(MARK);
    for (const path of [
      `/api/v1/search?q=${q}`,
      `/rest/search/current?string=${q}`,
      `/api/v1/suggest?q=${q}`,
    ])
      await send({ method: "GET", path, headers: {} });
    await post("/api/v1/search/stream", "application/x-ndjson", JSON.stringify(MARK));
    const { text } = await api.send("/metrics");
    expect(api.log().length).toBeGreaterThan(before);
    for (const place of [api.log(), text]) expect(place).not.toMatch(/Untel|ventre|127\.0\.0\.1/);
  });
});
