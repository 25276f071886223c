import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Translator } from "./translator.ts";

/**
 * A translator that remembers in a file, one JSON a line, appended as translations come: what was paid for once is not
 * lost with the run. A line that a crash cut short is passed over. Texts are kept by their SHA-256; translations are kept as they are.
 */
export function cachedTranslator(translator: Translator, path: string): Translator {
  const known = new Map<string, string>();
  if (existsSync(path)) {
    for (const line of readFileSync(path, "utf8").split("\n")) {
      const entry = entryOf(line);
      if (entry) known.set(entry.key, entry.text);
    }
  } else mkdirSync(dirname(path), { recursive: true });
  return {
    name: translator.name,
    async translate(texts, from, to) {
      const keys = texts.map((text) => keyOf(translator.name, from, to, text));
      const missing = [...new Map(keys.map((key, i) => [key, texts[i]!]))].filter(([key]) => !known.has(key));
      // In parts, so that an error in the middle loses one part alone.
      for (let start = 0; start < missing.length; start += TEXTS_AT_ONCE) {
        const part = missing.slice(start, start + TEXTS_AT_ONCE);
        const found = await translator.translate(
          part.map(([, text]) => text),
          from,
          to,
        );
        const lines = part.map(([key], i) => {
          known.set(key, found[i]!);
          return `${JSON.stringify({ key, text: found[i]! })}\n`;
        });
        appendFileSync(path, lines.join(""));
      }
      return keys.map((key) => known.get(key)!);
    },
  };
}

const TEXTS_AT_ONCE = 40;

function keyOf(...parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function entryOf(line: string): { key: string; text: string } | undefined {
  try {
    const { key, text } = JSON.parse(line) as { key: unknown; text: unknown };
    return typeof key === "string" && typeof text === "string" ? { key, text } : undefined;
  } catch {
    return undefined;
  }
}
