import { HttpProblem } from "../problems/http-problem.ts";

const RETRY = { "Retry-After": "10" };

/** Places for long work, so many in all and so many for one caller: nobody can take them all. */
export class Places {
  readonly #what: string;
  readonly #most: number;
  readonly #perCaller: number;
  readonly #taken = new Map<string, number>();
  #all = 0;

  /** `what` names the work in messages. */
  constructor(what: string, most: number, perCaller: number) {
    this.#what = what;
    this.#most = most;
    this.#perCaller = perCaller;
  }

  /** Takes a place until it is disposed of. Errors: `overloaded`. */
  take(caller = ""): Disposable {
    const own = this.#taken.get(caller) ?? 0;
    if (this.#all >= this.#most)
      throw new HttpProblem("overloaded", `too many ${this.#what} are under way; try again`, RETRY);
    if (caller !== "" && own >= this.#perCaller)
      throw new HttpProblem(
        "overloaded",
        `${own} ${this.#what} of yours are under way, and no more are taken of one caller; try again when one has ended`,
        RETRY,
      );
    this.#all++;
    this.#taken.set(caller, own + 1);
    return {
      [Symbol.dispose]: () => {
        this.#all--;
        const left = this.#taken.get(caller)! - 1;
        if (left > 0) this.#taken.set(caller, left);
        else this.#taken.delete(caller);
      },
    };
  }
}
