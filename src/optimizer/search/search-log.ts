import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** One line of a search's log, as JSON. */
export type SearchEvent =
  | { event: "start"; config: unknown; target: unknown; criteria: unknown }
  | {
      event: "pass";
      key: string;
      pass: string;
      parameters: unknown;
      seconds: number;
      cached: boolean;
      outcome: string;
    }
  | { event: "evaluate"; key: string; seconds: number; cached: boolean; metrics: unknown }
  | { event: "sample"; number: number; point: unknown; key: string | null; outcome: string }
  | { event: "end"; samples: number; best: string | null; reason: string };

/** Appends what happens to a file of JSON lines. */
export class SearchLog {
  readonly #path: string;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
  }

  write(event: SearchEvent): void {
    appendFileSync(this.#path, `${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
  }
}
