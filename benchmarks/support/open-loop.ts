import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Who has waited longer has gone. */
const PATIENCE_MS = 2_000;

interface Outcome {
  ms: number;
  status: number;
}

/** What came of asking at one rate. Times are milliseconds from when a request was due. */
export interface Figures {
  rate: number;
  /** Answers with 200 within what somebody waits, per second. */
  goodPerSecond: number;
  p50: number;
  p99: number;
  /** 429 and 503. */
  refused: number;
  failed: number;
  /** Share of one processor that asking took: it must not be what is measured. */
  askerCpu: number;
}

/** Asks at fixed rates, whether or not answers come. */
export class OpenLoop implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
  readonly #pathOf: (n: number) => string;
  #asked = 0;

  /** `pathOf(n)` is the address of the nth request. */
  constructor(url: string, pathOf: (n: number) => string) {
    this.#pathOf = (n) => `${url}${pathOf(n)}`;
  }

  async at(rate: number, seconds: number): Promise<Figures> {
    const started = performance.now();
    const cpu = process.cpuUsage();
    const pending: Promise<Outcome>[] = [];
    for (let i = 0; i < rate * seconds; i++) {
      const due = started + (1000 * i) / rate;
      const wait = due - performance.now();
      if (wait > 1) await sleep(wait);
      pending.push(this.#ask(due));
    }
    const outcomes = await Promise.all(pending);
    const { user, system } = process.cpuUsage(cpu);
    const askerCpu = (user + system) / 1000 / (performance.now() - started);
    return figuresOf(rate, outcomes, seconds, askerCpu);
  }

  #ask(dueMs: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const done = (status: number): void => resolve({ ms: performance.now() - dueMs, status });
      const sent = request(this.#pathOf(this.#asked++), { agent: this.#agent }, (response) => {
        response.resume();
        response.on("end", () => done(response.statusCode!));
        response.on("error", () => done(0));
      });
      sent.on("error", () => done(0));
      sent.end();
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

function figuresOf(rate: number, outcomes: readonly Outcome[], seconds: number, askerCpu: number): Figures {
  const times = outcomes.map(({ ms }) => ms).sort((a, b) => a - b);
  const percentile = (share: number): number =>
    rounded(times[Math.min(times.length - 1, Math.floor(share * times.length))]!);
  const count = (is: (outcome: Outcome) => boolean): number => outcomes.filter(is).length;
  return {
    rate,
    goodPerSecond: rounded(count(({ status, ms }) => status === 200 && ms <= PATIENCE_MS) / seconds),
    p50: percentile(0.5),
    p99: percentile(0.99),
    refused: count(({ status }) => status === 503 || status === 429),
    failed: count(({ status }) => ![200, 503, 429].includes(status)),
    askerCpu: Math.round(100 * askerCpu) / 100,
  };
}

/** The addresses of searches (or of `path`) for each text in turn. */
export function searchPaths(queries: readonly string[], path = "search"): (n: number) => string {
  return (n) => {
    const q = encodeURIComponent(queries[n % queries.length]!);
    return path === "search" ? `/api/v1/search?q=${q}&k=10` : `/api/v1/${path}?q=${q}`;
  };
}

function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}
