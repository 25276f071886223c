import { post, Refusal } from "./api.js";

const MOST = 50;
const [FIRST_WAIT, LONGEST_WAIT] = [400, 5_000];

/**
 * Ratings on their way to the server. Each is kept in the browser's storage under a key of its own before it is sent,
 * and leaves it when the server has it on its disk: so neither a crash of the browser, nor one of the server, nor
 * another window loses one; and because each has an id of its own, none counts twice however often it is sent.
 */
export function outbox({ review, onChange, onRefused }) {
  const prefix = `termduet.rating.${review}.`;
  // Where the browser keeps nothing, ratings wait here; closing the window then asks first.
  const unkept = new Map();
  let counter = 0;
  let wait = FIRST_WAIT;
  let sending = false;
  let failing = false;

  function waiting() {
    const kept = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    return [...kept, ...unkept.keys()].sort();
  }

  const read = (key) => unkept.get(key) ?? JSON.parse(localStorage.getItem(key) ?? "null");

  function forget(key) {
    unkept.delete(key);
    localStorage.removeItem(key);
  }

  function tell() {
    onChange({ waiting: waiting().length, failing });
  }

  async function send() {
    if (sending) return;
    sending = true;
    for (let keys = waiting(); keys.length > 0; keys = waiting()) {
      const batch = keys.slice(0, MOST).filter((key) => read(key) !== null);
      try {
        await post("api/v1/review/ratings", { ratings: batch.map(read) });
        batch.forEach(forget);
        [wait, failing] = [FIRST_WAIT, false];
      } catch (error) {
        if (error instanceof Refusal && error.final) {
          await refuse(batch, error);
          continue;
        }
        failing = true;
        tell();
        await new Promise((resolve) => setTimeout(resolve, wait));
        wait = Math.min(LONGEST_WAIT, wait * 2);
      }
      tell();
    }
    sending = false;
  }

  /** One wrong rating must not hold up the others: they go one by one, and what is refused is said and dropped. */
  async function refuse(batch, error) {
    if (batch.length === 1) {
      onRefused(read(batch[0]), error);
      forget(batch[0]);
      return;
    }
    for (const key of batch) {
      try {
        await post("api/v1/review/ratings", { ratings: [read(key)] });
        forget(key);
      } catch (own) {
        if (!(own instanceof Refusal && own.final)) return;
        onRefused(read(key), own);
        forget(key);
      }
    }
  }

  addEventListener("beforeunload", (event) => {
    if (unkept.size > 0) event.preventDefault();
  });
  addEventListener("online", send);

  return {
    add(event) {
      const key = `${prefix}${String(Date.now()).padStart(15, "0")}.${String(counter++).padStart(6, "0")}.${event.id}`;
      try {
        localStorage.setItem(key, JSON.stringify(event));
      } catch {
        unkept.set(key, event);
      }
      tell();
      void send();
    },
    /** What an earlier window left unsent. */
    start() {
      tell();
      void send();
    },
    /** Ratings that the server may not know yet. */
    pending: () => waiting().map(read).filter(Boolean),
  };
}
