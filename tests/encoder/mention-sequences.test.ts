import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mentionSequences, placed } from "../../src/encoder/mention-sequences.ts";
import { Tokenizer } from "../../src/encoder/tokenizer.ts";
import { FIXTURES } from "../support/tiny-encoders.ts";

describe("a mention in its text", () => {
  test.each([
    ["DM", "MDM and DM.", { left: "MDM and ", mention: "DM", right: "." }],
    ["dm", "The DM gene", { left: "The ", mention: "DM", right: " gene" }],
    ["toux", "Il tousse", { left: "Il tousse ", mention: "toux", right: "" }],
    ["toux", undefined, { left: "", mention: "toux", right: "" }],
  ])("%s in %s", (mention, context, expected) => {
    expect(placed(mention, context)).toEqual(expected);
  });
});

describe("the tokens of a mention in its text", () => {
  const tokenizer = new Tokenizer(join(FIXTURES, "tiny-bert"), 512);
  const form = { before: "<ENT> ", after: " </ENT>", window: 24 };
  const ids = async (text: string): Promise<number[]> => (await tokenizer.encode([text]))[0]!.slice(1, -1);

  test("are those of the whole marked text, where the window holds it", async () => {
    const wide = { ...form, window: 128 };
    const context = "Since Monday the patient has chest pain at night.";
    const [found] = await mentionSequences(tokenizer, [placed("chest pain", context)], wide);
    const [whole] = await tokenizer.encode([
      "Since Monday the patient has <ENT> chest pain </ENT> at night.",
    ]);
    expect(found).toEqual(whole);
  });

  test("hold the mention and its markers, and of a longer text what is next to it on both sides", async () => {
    const left = "one two three four five six seven eight nine ten ".repeat(4);
    const right = " a b c d e f g h i j".repeat(4);
    const [found] = await mentionSequences(tokenizer, [{ left, mention: "chest pain", right }], form);
    expect(found!.length).toBe(form.window);
    const marked = await ids("<ENT> chest pain </ENT>");
    const [before, after] = [await ids(left), await ids(right)];
    const room = form.window - 2 - marked.length;
    const half = Math.floor(room / 2);
    expect(found!.slice(1, -1)).toEqual([...before.slice(-half), ...marked, ...after.slice(0, room - half)]);
  });

  test("give one side what the other leaves, and are never more than the window", async () => {
    const right = " a b c d e f g h i j".repeat(4);
    const [alone, long] = await mentionSequences(
      tokenizer,
      [
        { left: "", mention: "chest pain", right },
        { left: "x ", mention: "chest pain ".repeat(40), right },
      ],
      form,
    );
    const marked = await ids("<ENT> chest pain </ENT>");
    const rest = (await ids(right)).slice(0, form.window - 2 - marked.length);
    expect(alone!.slice(1, -1)).toEqual([...marked, ...rest]);
    expect(long!.length).toBe(form.window);
  });
});
