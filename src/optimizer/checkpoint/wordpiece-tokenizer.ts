import { readFileSync } from "node:fs";
import { TermduetError } from "../../terminology/termduet-error.ts";

/** What a `tokenizer_config.json` says of a BERT tokenizer; each has the default of `BertTokenizer`. */
export interface WordPieceSettings {
  do_lower_case?: boolean;
  tokenize_chinese_chars?: boolean;
  /** Null or absent: as `do_lower_case`. */
  strip_accents?: boolean | null;
  unk_token?: string;
  sep_token?: string;
  pad_token?: string;
  cls_token?: string;
  mask_token?: string;
}

/**
 * `tokenizer.json` of a BERT tokenizer from its bare `vocab.txt`, one token a line, the line's number its id.
 * Errors: `bad-input` where the special tokens are not in it.
 */
export function wordPieceTokenizer(vocabPath: string, settings: WordPieceSettings): object {
  const lines = readFileSync(vocabPath, "utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const vocab: Record<string, number> = {};
  for (const [id, line] of lines.entries()) vocab[line.replace(/\r$/, "")] = id;
  const unknown = settings.unk_token ?? "[UNK]";
  const [cls, sep] = [settings.cls_token ?? "[CLS]", settings.sep_token ?? "[SEP]"];
  const special = [settings.pad_token ?? "[PAD]", unknown, cls, sep, settings.mask_token ?? "[MASK]"];
  for (const token of [unknown, cls, sep]) {
    if (!Object.hasOwn(vocab, token))
      throw new TermduetError(
        "bad-input",
        `${vocabPath} has no ${token}: it is no vocabulary of a BERT tokenizer`,
      );
  }
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special
      .filter((token) => Object.hasOwn(vocab, token))
      .map((token) => addedToken(token, vocab[token]!)),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: settings.tokenize_chinese_chars ?? true,
      strip_accents: settings.strip_accents ?? null,
      lowercase: settings.do_lower_case ?? true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: pairTemplate([cls, vocab[cls]!], [sep, vocab[sep]!], 1),
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: unknown,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}

export function addedToken(content: string, id: number): object {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

/** `first A last`, and for pairs `first A last (last) B last`, which BERT and RoBERTa write differently. */
export function pairTemplate(
  [first, firstId]: readonly [string, number],
  [last, lastId]: readonly [string, number],
  secondType: 0 | 1,
): object {
  const token = (id: string, type_id: number): object => ({ SpecialToken: { id, type_id } });
  const text = (id: "A" | "B", type_id: number): object => ({ Sequence: { id, type_id } });
  const single = [token(first, 0), text("A", 0), token(last, 0)];
  const between = secondType === 0 ? [token(last, 0)] : [];
  return {
    type: "TemplateProcessing",
    single,
    pair: [...single, ...between, text("B", secondType), token(last, secondType)],
    special_tokens: {
      [first]: { id: first, ids: [firstId], tokens: [first] },
      [last]: { id: last, ids: [lastId], tokens: [last] },
    },
  };
}
