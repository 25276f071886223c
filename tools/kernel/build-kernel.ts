import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import wabt from "wabt";

const place = (name: string): string =>
  fileURLToPath(new URL(`../../src/vector-store/embedded/${name}`, import.meta.url));

/** What wabt makes of kernel.wat. */
export async function compiledKernel(): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const module = parseWat("kernel.wat", readFileSync(place("kernel.wat"), "utf8"), {
    simd: true,
    threads: true,
  });
  return module.toBinary({}).buffer;
}

/** The source of kernel-bytes.ts. */
export async function kernelSource(): Promise<string> {
  const lines = Buffer.from(await compiledKernel())
    .toString("base64")
    .match(/.{1,100}/g)!;
  const comment =
    "/** What wabt makes of kernel.wat, in base64: `npm run kernel:build` writes this file, and a test compares the two. */";
  return `${comment}\nexport const KERNEL_BYTES =\n${lines.map((line) => `  "${line}"`).join(" +\n")};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(place("kernel-bytes.ts"), await kernelSource());
