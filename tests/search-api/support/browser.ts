import { type Browser, chromium } from "playwright-core";

/** Flags for a machine without a display or a way out: nothing is looked up elsewhere. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A headless Chromium, or why there is none here. */
export async function headlessBrowser(): Promise<Browser | string> {
  try {
    const { default: packed } = await import("@sparticuz/chromium");
    const executablePath = process.env["CHROMIUM"] ?? (await packed.executablePath());
    return await chromium.launch({ executablePath, args: FLAGS, headless: true });
  } catch (error) {
    return error instanceof Error ? error.message.split("\n")[0]! : String(error);
  }
}
