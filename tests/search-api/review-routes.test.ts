import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ApiKeys, hashOf } from "../../search-api/guards/api-keys.ts";
import { LIMITS } from "../../search-api/limits.ts";
import { ReviewService } from "../../search-api/review/review-service.ts";
import type { ReviewEntryView, ReviewView } from "../../search-api/schemas/review-schema.ts";
import { sampleConcepts, writeReviewFolder } from "../review/support/review-folder.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { fakeSearch, fakeStore } from "./support/fake-search.ts";
import { type Problem, searchPath, type TestApi, testApi } from "./support/test-api.ts";

const concepts = sampleConcepts();
const [first, second] = [concepts[0]!.cui, concepts[1]!.cui];

describe("the routes of a review", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let api: TestApi;
  let review: ReviewService;
  beforeEach(async () => {
    folder = temporaryFolder();
    writeReviewFolder(join(folder.path, "review"), 60);
    review = await ReviewService.open(join(folder.path, "review"));
    api = await testApi({ searcher: fakeSearch(), store: fakeStore(), review });
  });
  afterEach(async () => {
    await api[Symbol.asyncDispose]();
    review[Symbol.dispose]();
    folder[Symbol.dispose]();
  });

  let ids = 0;
  const rating = (changes: object = {}): object => ({
    id: `rating-${ids++}`,
    entry: "E0",
    cui: first,
    reviewer: "Ada",
    rating: 4,
    ...changes,
  });
  const rate = (...ratings: object[]) => api.post<Problem>("/api/v1/review/ratings", { ratings });
  const entries = async (parameters: Record<string, string | number>) =>
    (
      await api.send<{ entries: ReviewEntryView[]; next?: number }>(
        searchPath(parameters, "/api/v1/review/entries"),
      )
    ).json;
  const overview = async (reviewer?: string) =>
    (await api.send<ReviewView>(searchPath(reviewer ? { reviewer } : {}, "/api/v1/review"))).json;

  test("want a key that is good for reviews, where keys are asked for", async () => {
    const [reader, reviewer] = ["reader-key-0123456789", "reviewer-key-0123456789"];
    const line = (scopes: string, key: string): string =>
      `someone ${scopes} sha256:${hashOf(key).toString("hex")}`;
    const text = [line("search", reader), line("search,review", reviewer)].join("\n");
    const keys = ApiKeys.from({ file: "keys", text });
    await using guarded = await testApi({ searcher: fakeSearch(), store: fakeStore(), review, keys });
    const paths = ["", "/entries?reviewer=Ada", "/undoable?reviewer=Ada", "/ratings.csv"].map(
      (p) => `/api/v1/review${p}`,
    );
    for (const path of paths) {
      const status = async (key?: string): Promise<number> =>
        (await guarded.send(path, key ? { headers: { "X-API-Key": key } } : {})).status;
      const found = [path, await status(), await status(reader), await status(reviewer)];
      expect(found).toEqual([path, 401, 403, 200]);
    }
    expect((await guarded.post("/api/v1/review/ratings", { ratings: [rating()] })).status).toBe(401);
  });

  test("give entries page by page, with candidates and all ratings", async () => {
    await rate(rating(), rating({ reviewer: "Bob", rating: 1 }));
    const page = await entries({ reviewer: "Ada", k: 2 });
    expect(page.entries.map(({ id, index }) => [id, index])).toEqual([
      ["E0", 0],
      ["E1", 1],
    ]);
    expect(page.next).toBe(2);
    expect(page.entries[0]).toMatchObject({
      toRate: [first, second],
      ratings: [
        { cui: first, reviewer: "Ada", rating: 4 },
        { cui: first, reviewer: "Bob", rating: 1 },
      ],
    });
    const last = await entries({ reviewer: "Ada", from: 58, k: 50 });
    expect(last.entries.map(({ id }) => id)).toEqual(["E58", "E59"]);
    expect(last.next).toBeUndefined();
  });

  test("give those still to be rated by somebody, and those about which reviewers differ", async () => {
    await rate(
      rating(),
      rating({ cui: second }),
      rating({ entry: "E3" }),
      rating({ reviewer: "Bob", rating: 2 }),
    );
    const todo = await entries({ reviewer: "Ada", show: "todo", k: 3 });
    expect(todo.entries.map(({ id }) => id)).toEqual(["E1", "E2", "E3"]);
    const disputed = await entries({ reviewer: "Ada", show: "disputed" });
    expect(disputed.entries.map(({ id }) => id)).toEqual(["E0"]);
    expect(await overview("Ada")).toMatchObject({
      entries: 60,
      pairs: 120,
      first: 1,
      reviewers: [
        { reviewer: "Ada", pairs: 2, entries: 1 },
        { reviewer: "Bob", pairs: 1, entries: 0 },
      ],
      agreement: { byPair: [{ reviewers: ["Ada", "Bob"], pairs: 1, same: 0, kappa: 0 }], mean: 0 },
    });
  });

  test("count a rating that is sent twice once, and say what can be taken back", async () => {
    const one = rating({ id: "the-same-one" });
    expect((await rate(one)).json).toEqual({ added: 1, known: 0 });
    expect((await rate(one, rating({ rating: 2 }))).json).toEqual({ added: 1, known: 1 });
    const { json } = await api.send<{ ratings: object[] }>("/api/v1/review/undoable?reviewer=Ada");
    expect(json.ratings).toMatchObject([
      { index: 0, entry: "E0", cui: first, previous: 4 },
      { id: "the-same-one", previous: null },
    ]);
    const problem = await rate({ ...one, rating: 0 });
    expect([problem.status, problem.json.code]).toEqual([409, "conflict"]);
  });

  test("give the ratings as a table", async () => {
    await rate(rating());
    const { text, headers } = await api.send("/api/v1/review/ratings.csv");
    expect(headers.get("Content-Type")).toMatch(/^text\/csv/);
    expect(text.split("\n")[1]).toMatch(new RegExp(`^E0,${first},Ada,4,20..-.*Z,rating-\\d+,lay `));
  });

  test.each([
    ["a rating of 6", { rating: 6 }],
    ["half a rating", { rating: 2.5 }],
    ["no rating", { rating: undefined }],
    ["an entry that there is not", { entry: "E999" }],
    ["no name", { reviewer: "" }],
    ["a name that is none", { reviewer: "<script>" }],
    ["a short id", { id: "short" }],
    ["a long CUI", { cui: "C".repeat(LIMITS.cuiCharacters + 1) }],
    ["something unknown", { secret: "of a patient" }],
  ])("refuse %s and keep nothing of the request", async (_, changes) => {
    const { status, json, text } = await rate(rating(), rating(changes));
    expect([status, json.code]).toEqual([400, "usage"]);
    expect(text).not.toMatch(/script|patient/);
    expect((await overview()).reviewers).toEqual([]);
  });

  test("take as many ratings at once as they say, and no more", async () => {
    const many = (n: number): object[] => Array.from({ length: n }, () => rating());
    expect((await rate(...many(LIMITS.reviewRatings))).status).toBe(200);
    expect((await rate(...many(LIMITS.reviewRatings + 1))).status).toBe(400);
    expect((await rate()).status).toBe(400);
    const ask = (k: number) => api.send(searchPath({ reviewer: "Ada", k }, "/api/v1/review/entries"));
    expect((await ask(LIMITS.reviewEntries)).status).toBe(200);
    expect((await ask(LIMITS.reviewEntries + 1)).status).toBe(400);
  });

  test("take names, ids and places as long as they say, and no longer", async () => {
    const status = async (changes: object) => (await rate(rating(changes))).status;
    const pairs: [object, object][] = [
      [{ reviewer: "R".repeat(60) }, { reviewer: "R".repeat(61) }],
      [{ id: "i".repeat(8) }, { id: "i".repeat(7) }],
      [{ id: "i".repeat(64) }, { id: "i".repeat(65) }],
      [{ undoes: "u".repeat(64) }, { undoes: "u".repeat(65) }],
      [{ cui: "C".repeat(LIMITS.cuiCharacters) }, { cui: "C".repeat(LIMITS.cuiCharacters + 1) }],
    ];
    for (const [allowed, beyond] of pairs)
      expect([await status(allowed), await status(beyond)]).toEqual([200, 400]);
    const ask = async (path: string, parameters: Record<string, number>) =>
      (await api.send(searchPath({ reviewer: "Ada", ...parameters }, `/api/v1/review/${path}`))).status;
    expect([await ask("undoable", { k: 100 }), await ask("undoable", { k: 101 })]).toEqual([200, 400]);
    expect([await ask("entries", { from: 99_999_999 }), await ask("entries", { from: 100_000_000 })]).toEqual(
      [200, 400],
    );
  });

  test("refuse another kind of body and another method", async () => {
    const form = await api.send<Problem>("/api/v1/review/ratings", {
      method: "POST",
      body: new URLSearchParams({ a: "b" }),
    });
    expect([form.status, form.json.code]).toEqual([415, "unsupported-media-type"]);
    expect((await api.send("/api/v1/review/ratings")).status).toBe(405);
    expect((await api.send("/api/v1/review", { method: "DELETE" })).status).toBe(405);
  });

  test("log neither names nor terms", async () => {
    await rate(rating({ reviewer: "Secretive" }));
    await entries({ reviewer: "Secretive" });
    await rate(rating({ reviewer: "Secretive", rating: 9 }));
    expect(api.log()).toContain("/api/v1/review/entries");
    expect(api.log()).not.toMatch(/Secretive|lay |E0/);
  });

  test("are not there where nothing is reviewed", async () => {
    await using plain = await testApi({ searcher: fakeSearch(), store: fakeStore() });
    expect((await plain.send("/api/v1/review")).status).toBe(404);
  });
});
