import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface RawAnswer {
  /** Everything that came back until the connection ended or `untilMs` passed. */
  readonly answer: string;
  readonly ended: boolean;
  /** From the call to the end of the connection or of the wait. */
  readonly tookMs: number;
  /** Of the connection, such as `ECONNRESET`. */
  readonly error?: string;
}

/** Sends the parts as they are, with the pauses (milliseconds) between them, over a connection of its own. */
export async function rawRequest(
  port: number,
  parts: readonly (string | number)[],
  untilMs = 10_000,
): Promise<RawAnswer> {
  const started = performance.now();
  let [answer, ended] = ["", false];
  let error: string | undefined;
  const socket = connect(port, "127.0.0.1");
  socket.on("data", (data) => {
    answer += data;
  });
  const gone = new Promise<void>((resolve) => {
    socket.on("close", () => {
      ended = true;
      resolve();
    });
    socket.on("error", (cause: NodeJS.ErrnoException) => {
      error = cause.code;
      resolve();
    });
  });
  for (const part of parts) {
    if (typeof part === "number") await Promise.race([sleep(part), gone]);
    else if (!ended) socket.write(part);
  }
  await Promise.race([sleep(untilMs), gone]);
  socket.destroy();
  return { answer, ended, tookMs: performance.now() - started, ...(error === undefined ? {} : { error }) };
}
