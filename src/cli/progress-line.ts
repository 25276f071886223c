import type { OnProgress, Progress } from "../terminology/progress.ts";

export interface ProgressOutput {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  write(text: string): unknown;
}

const REDRAW_MS = 200;
// The rate is that of the last half minute, so that it follows a change of pace.
const WINDOW_MS = 30_000;

/**
 * Draws the progress of a long job on one line of a terminal: stage, share, rate, time left. Silent where the output
 * is no terminal.
 */
export function progressLine(
  output: ProgressOutput,
  quiet: boolean,
  now: () => number = Date.now,
): { onProgress: OnProgress; end: () => void } {
  if (quiet || !output.isTTY) return { onProgress: () => undefined, end: () => undefined };
  let stage = "";
  // Reading and opening say nothing for seconds: a terminal shows at once that work has begun.
  output.write("starting");
  let drawn = 0;
  let history: { at: number; done: number }[] = [];
  const onProgress = (progress: Progress): void => {
    const at = now();
    if (progress.stage !== stage) {
      if (stage !== "") output.write("\n");
      stage = progress.stage;
      history = [];
    }
    history.push({ at, done: progress.done });
    while (history.length > 2 && at - history[1]!.at > WINDOW_MS) history.shift();
    const finished = progress.done === progress.total;
    if (at - drawn < REDRAW_MS && !finished) return;
    drawn = at;
    output.write(`\r\x1b[2K${progressText(progress, history).slice(0, (output.columns || 80) - 1)}`);
  };
  return { onProgress, end: () => void output.write(stage === "" ? "\r\x1b[2K" : "\n") };
}

/** `encode 41 % · 379,000 of 924,000 vectors · 612/s · 14 min 51 s left` */
export function progressText(
  { stage, done, total, unit }: Progress,
  history: readonly { at: number; done: number }[],
): string {
  const first = history[0]!;
  const last = history.at(-1)!;
  const seconds = (last.at - first.at) / 1000;
  const rate = seconds > 0 ? (last.done - first.done) / seconds : 0;
  const share = total ? `${Math.floor((100 * done) / total)} % · ` : "";
  const of = total ? ` of ${grouped(total)}` : "";
  const speed = rate > 0 ? ` · ${rate >= 10 ? grouped(Math.round(rate)) : rate.toFixed(1)}/s` : "";
  const left = rate > 0 && total && total > done ? ` · ${duration((total - done) / rate)} left` : "";
  return `${stage} ${share}${grouped(done)}${of} ${unit}${speed}${left}`;
}

export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

/** `3 s`, `14 min 51 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}
