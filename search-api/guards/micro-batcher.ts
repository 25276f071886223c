import type { SearchResponse } from "../../src/retrieval/request/search-types.ts";
import type { SearchCall } from "../search-service.ts";
import type { TracedPart } from "../telemetry/tracing.ts";
import type { Admission } from "./admission.ts";

export interface MicroBatcherDeps<Shared, Query = string> {
  admission: Admission;
  /** Queries of one search. */
  most: number;
  /** One answer per query, in their order. */
  search: (queries: readonly Query[], shared: Shared, call: SearchCall) => Promise<SearchResponse[]>;
  /** Told of each query when its turn comes how long it has waited. */
  waited: (ms: number) => void;
  now: () => number;
}

interface Member<Query> {
  query: Query;
  call: SearchCall;
  arrivedMs: number;
  answer: (response: SearchResponse) => void;
  fail: (reason: unknown) => void;
  /** Says that it waits no longer; absent for the one whose waiting is the admission's own affair. */
  leave: (() => void) | undefined;
}

interface Group<Query> {
  /** Those that wait. */
  members: Member<Query>[];
  /** How many have not gone, while they wait and while they are searched for. */
  present: number;
  /** Aborts when all have gone. */
  gone: AbortController;
}

/**
 * Single searches that wait for their turn and want the same, but for their texts, take one turn together: a search for
 * eight texts costs about half of eight searches, so a busy server answers more. Who finds room waits for nobody.
 */
export class MicroBatcher<Shared, Query = string> {
  readonly #deps: MicroBatcherDeps<Shared, Query>;
  readonly #waiting = new Map<string, Group<Query>>();

  constructor(deps: MicroBatcherDeps<Shared, Query>) {
    this.#deps = deps;
  }

  /** Errors: those of admission and of the search, or the call's reason when it is given up. */
  async search(query: Query, shared: Shared, call: SearchCall): Promise<SearchResponse> {
    call.signal.throwIfAborted();
    const { admission, most, now } = this.#deps;
    const key = JSON.stringify(shared);
    const open = this.#waiting.get(key);
    if (open && open.members.length < most && !open.gone.signal.aborted)
      return joined(open, query, call, now(), admission.besides());
    const group: Group<Query> = { members: [], present: 0, gone: new AbortController() };
    const answer = joined(group, query, call, now(), undefined);
    this.#waiting.set(key, group);
    void this.#answer(key, group, shared);
    return answer;
  }

  async #answer(key: string, group: Group<Query>, shared: Shared): Promise<void> {
    const { admission, search, waited, now } = this.#deps;
    const members: Member<Query>[] = [];
    const close = (): void => {
      if (this.#waiting.get(key) === group) this.#waiting.delete(key);
      members.push(...group.members.splice(0));
      for (const { leave } of members) leave?.();
    };
    try {
      await admission.run(group.gone.signal, async () => {
        close();
        for (const { arrivedMs } of members) waited(now() - arrivedMs);
        const queries = members.map(({ query }) => query);
        const parts: TracedPart[] = [];
        const remainingMs = (): number => Math.max(...members.map(({ call }) => call.remainingMs()));
        const responses = await search(queries, shared, { signal: group.gone.signal, remainingMs, parts });
        for (const [i, { call, answer }] of members.entries()) {
          call.parts?.push(...parts);
          answer(responses[i]!);
        }
      });
    } catch (error) {
      if (members.length === 0) close();
      for (const { fail } of members) fail(error);
    }
  }
}

function joined<Query>(
  group: Group<Query>,
  query: Query,
  call: SearchCall,
  arrivedMs: number,
  leave: (() => void) | undefined,
): Promise<SearchResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<SearchResponse>();
  const settle = (): void => call.signal.removeEventListener("abort", gone);
  const member: Member<Query> = {
    query,
    call,
    arrivedMs,
    leave,
    answer(response) {
      settle();
      resolve(response);
    },
    fail(reason) {
      settle();
      reject(reason);
    },
  };
  const gone = (): void => {
    const place = group.members.indexOf(member);
    if (place >= 0) {
      group.members.splice(place, 1);
      // The turn stays with the others: one of them waits for it from now on.
      const heir = member.leave ? member : group.members[0];
      heir?.leave?.();
      if (heir) heir.leave = undefined;
    }
    member.fail(call.signal.reason);
    if (--group.present === 0) group.gone.abort(call.signal.reason);
  };
  call.signal.addEventListener("abort", gone, { once: true });
  group.members.push(member);
  group.present++;
  return promise;
}
