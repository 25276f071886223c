import { get } from "./api.js";

const PAGE = 20;

/**
 * The entries of a review in the order in which they are walked through: all of them, those still to be rated, or those
 * about which reviewers differ. Pages are asked for ahead of time; an entry once loaded is kept.
 */
export function entryWalk({ reviewer, show, from }) {
  const entries = new Map();
  let indexes = [];
  let next = from;
  let loading;

  function keep(found) {
    for (const entry of found) if (!entries.has(entry.index)) entries.set(entry.index, entry);
    return found.map(({ index }) => index);
  }

  async function page(start, k, shown) {
    return await get("api/v1/review/entries", new URLSearchParams({ reviewer, from: start, k, show: shown }));
  }

  async function load() {
    if (next === undefined) return;
    loading ??= page(next, PAGE, show).finally(() => {
      loading = undefined;
    });
    const before = next;
    const answer = await loading;
    if (before !== next) return;
    indexes.push(...keep(answer.entries));
    next = answer.next;
  }

  return {
    entry: (index) => entries.get(index),
    loaded: () => entries.values(),
    /** The first entry, undefined where there is none. */
    async first() {
      await load();
      return indexes[0];
    },
    /** The next entry for which `wanted` holds; undefined at the end. */
    async after(index, wanted) {
      const find = () => indexes.find((other) => other > index && wanted(entries.get(other)));
      let following = find();
      while (following === undefined && next !== undefined) {
        await load();
        following = find();
      }
      const ahead = indexes.filter((other) => other > index).length;
      if (ahead < PAGE / 2) load().catch(() => undefined);
      return following;
    },
    /** The entry before this one; undefined at the beginning. */
    async before(index) {
      const known = indexes.findLast((other) => other < index);
      if (known !== undefined || show !== "all" || index === 0) return known;
      const start = Math.max(0, index - PAGE);
      indexes = [...keep((await page(start, index - start, "all")).entries), ...indexes];
      return indexes.findLast((other) => other < index);
    },
    /** Loads an entry that is not on the way, e.g. of a rating that is taken back. */
    async fetch(index) {
      if (!entries.has(index)) keep((await page(index, 1, "all")).entries);
      return entries.get(index);
    },
  };
}
