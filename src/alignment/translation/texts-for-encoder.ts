import type { EncoderRetriever } from "../../retrieval/searcher.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { Translator } from "./translator.ts";

/** A text and the language that it is in (ISO 639-1), where the lexicon says so. */
export interface TextInLanguage {
  text: string;
  lang?: string | undefined;
}

/** Languages that an encoder reads; undefined for one that reads any. */
function languagesOf({ encoder }: EncoderRetriever): readonly string[] | undefined {
  return encoder.folder.manifest.languages;
}

function reads(retriever: EncoderRetriever, lang: string | undefined): boolean {
  const languages = languagesOf(retriever);
  return lang === undefined || languages === undefined || languages.includes(lang);
}

/**
 * The encoders that can take part: those that read every language of the lexicon, or whose texts can be translated. Of
 * each that is left out `onLeftOut` is told why.
 * @throws TermduetError `usage` where none is left.
 */
export function ableRetrievers(
  retrievers: readonly EncoderRetriever[],
  languages: ReadonlySet<string>,
  translator: Translator | undefined,
  onLeftOut: (message: string) => void,
): EncoderRetriever[] {
  if (translator) return [...retrievers];
  const able = retrievers.filter((retriever) => {
    const foreign = [...languages].filter((lang) => !reads(retriever, lang));
    if (foreign.length > 0)
      onLeftOut(
        `encoder ${retriever.encoder.folder.manifest.id} reads ${languagesOf(retriever)!.join(", ")} and the lexicon is in ${foreign.join(", ")}: it is left out; give --translations or --translation-service to use it`,
      );
    return foreign.length === 0;
  });
  if (able.length > 0) return able;
  throw new TermduetError(
    "usage",
    `no encoder of the release reads ${[...languages].join(", ")}; give --translations or --translation-service`,
  );
}

/** The texts as an encoder reads them: those of other languages translated into its first one. */
export async function textsForEncoder(
  texts: readonly TextInLanguage[],
  retriever: EncoderRetriever,
  translator: Translator | undefined,
): Promise<string[]> {
  const result = texts.map(({ text }) => text);
  const target = languagesOf(retriever)?.[0];
  const byLanguage = new Map<string, number[]>();
  for (const [i, { lang }] of texts.entries())
    if (lang !== undefined && !reads(retriever, lang))
      byLanguage.set(lang, [...(byLanguage.get(lang) ?? []), i]);
  for (const [lang, places] of byLanguage) {
    const translated = await translator!.translate(
      places.map((i) => result[i]!),
      lang,
      target!,
    );
    for (const [n, i] of places.entries()) result[i] = translated[n]!;
  }
  return result;
}
