import { readFileSync } from "node:fs";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { WireReader } from "../onnx/wire.ts";
import { addedToken, pairTemplate } from "./wordpiece-tokenizer.ts";

interface SentencePieceModel {
  pieces: { text: string; score: number }[];
  /** 1 unigram, 2 BPE, 3 word, 4 characters (`TrainerSpec.ModelType`). */
  modelType: number;
  /** The compiled rules of normalization, base64; empty for none. */
  charsmap: string;
}

const UNIGRAM = 1;

/**
 * `tokenizer.json` of an XLM-R tokenizer from its `sentencepiece.bpe.model` (a Unigram model in spite of its name).
 * XLM-R was trained in fairseq, whose ids differ from those of the file: `<s> <pad> </s> <unk>` come first, the pieces
 * after the file's own three special ones follow, `<mask>` ends the list. Errors: `bad-input`.
 */
export function sentencePieceTokenizer(path: string): object {
  const model = readModel(path);
  if (model.modelType !== UNIGRAM)
    throw new TermduetError(
      "incompatible",
      `${path} is no Unigram model (type ${model.modelType}), as XLM-R has one`,
    );
  const special = ["<s>", "<pad>", "</s>", "<unk>"];
  const vocab: [string, number][] = [
    ...special.map((token): [string, number] => [token, 0]),
    ...model.pieces.slice(3).map(({ text, score }): [string, number] => [text, score]),
    ["<mask>", 0],
  ];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [...special, "<mask>"].map((token, id) =>
      addedToken(token, token === "<mask>" ? vocab.length - 1 : id),
    ),
    normalizer: model.charsmap === "" ? null : { type: "Precompiled", precompiled_charsmap: model.charsmap },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "WhitespaceSplit" },
        { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
      ],
    },
    post_processor: pairTemplate(["<s>", 0], ["</s>", 2], 0),
    decoder: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
    model: { type: "Unigram", unk_id: 3, vocab, byte_fallback: false },
  };
}

/** Reads `sentencepiece_model.proto`: pieces (1), the trainer's settings (2), the normalizer's (3). */
function readModel(path: string): SentencePieceModel {
  const model: SentencePieceModel = { pieces: [], modelType: UNIGRAM, charsmap: "" };
  try {
    eachField(readFileSync(path), (field, reader) => {
      if (field === 1) model.pieces.push(readPiece(reader.bytes()));
      else if (field === 2) model.modelType = readModelType(reader.bytes());
      else if (field === 3) model.charsmap = readCharsmap(reader.bytes());
    });
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is no SentencePiece model: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (model.pieces.length < 4)
    throw new TermduetError(
      "bad-input",
      `${path} is no SentencePiece model: it has ${model.pieces.length} pieces`,
    );
  return model;
}

function readPiece(bytes: Uint8Array): { text: string; score: number } {
  const piece = { text: "", score: 0 };
  eachField(bytes, (field, reader) => {
    if (field === 1) piece.text = reader.string();
    else if (field === 2) piece.score = reader.float32();
  });
  return piece;
}

function readModelType(bytes: Uint8Array): number {
  let type = UNIGRAM;
  eachField(bytes, (field, reader) => {
    if (field === 3) type = reader.uint32();
  });
  return type;
}

function readCharsmap(bytes: Uint8Array): string {
  let charsmap = "";
  eachField(bytes, (field, reader) => {
    if (field === 2) charsmap = Buffer.from(reader.bytes()).toString("base64");
  });
  return charsmap;
}

/** Calls `read` with each field of a message; what it does not read is skipped. */
function eachField(bytes: Uint8Array, read: (field: number, reader: WireReader) => void): void {
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const tag = reader.uint32();
    const start = reader.position;
    read(tag >>> 3, reader);
    if (reader.position === start) reader.skip(tag & 7);
  }
}
