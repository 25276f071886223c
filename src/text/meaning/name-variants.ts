import { NEUTRAL } from "./negations.ts";
import { GREEK, HEADS } from "./patterns.ts";
import { romanValue } from "./quantities.ts";
import { foldWord } from "./read-meaning.ts";

// Each costs a lookup of its own, or a place in one; a text has one or two of these at most.
const MAX_VARIANTS = 12;
const ROMANS = [
  "",
  "I",
  "II",
  "III",
  "IV",
  "V",
  "VI",
  "VII",
  "VIII",
  "IX",
  "X",
  "XI",
  "XII",
  "XIII",
  "XIV",
  "XV",
];
const GREEK_OF = new Map(Object.entries(GREEK).map(([letter, name]) => [name, letter]));

/** American and British, as parts of words: the first is the American one. */
const SPELLINGS: readonly (readonly [string, string])[] =
  "edema:oedema esophag:oesophag fetus:foetus fetal:foetal anemi:anaemi emia:aemia emic:aemic hemo:haemo hemat:haemat hema:haema pediatr:paediatr orthoped:orthopaed gynec:gynaec rrhea:rrhoea estro:oestro celiac:coeliac tumor:tumour color:colour behavior:behaviour labor:labour odor:odour humor:humour neighbor:neighbour ischemi:ischaemi anesth:anaesth fecal:faecal feces:faeces cecum:caecum cecal:caecal etiolog:aetiolog pnea:pnoea goiter:goitre center:centre fiber:fibre liter:litre caliber:calibre meter:metre sulf:sulph aluminum:aluminium mold:mould gray:grey program:programme leuko:leuco ameba:amoeba ameb:amoeb cesar:caesar zation:sation ize:ise yze:yse learned:learnt diarrhea:diarrhoea leukemi:leukaemi glycemi:glycaemi kalemi:kalaemi natremi:natraemi uremi:uraemi septicemi:septicaemi bacteremi:bacteraemi hemorrh:haemorrh hemophil:haemophil hemoglob:haemoglob practice:practise judgment:judgement maneuver:manoeuvre hematolog:haematolog paralyz:paralys"
    .split(" ")
    .map((pair) => pair.split(":") as [string, string]);

/**
 * Other writings of a text that a release may have for the same: Roman for Arabic numerals, `0.5` for `.5`, `1000` for `1,000`,
 * `positive` for `(+)`, Greek letters and their names, `AVC` for `A.V.C.`, `B12` for `B 12`, British and American spelling. What is
 * found by one of them is to be compared with the text itself: a variant may be the writing of something else too.
 */
export function nameVariants(text: string): string[] {
  const found = new Set<string>();
  for (const change of CHANGES) for (const variant of change(text)) found.add(variant);
  // Two changes at once: `Hepatitis delta virus type II`.
  for (const once of [...found].slice(0, 4))
    for (const change of CHANGES) for (const variant of change(once)) found.add(variant);
  found.delete(text);
  return [...found].slice(0, MAX_VARIANTS);
}

const CHANGES: readonly ((text: string) => string[])[] = [
  unspecified,
  romans,
  numbers,
  signs,
  greek,
  dotted,
  joined,
  spellings,
  comparisons,
];

/** Without what says that nothing more is said: `Pneumonia, unspecified`. */
function unspecified(text: string): string[] {
  return [text.replace(NEUTRAL, "").replace(/[\s,;]+$/u, "")];
}

function romans(text: string): string[] {
  const words = text.split(/(\s+)/u);
  const swapped = words.map((word, i) => {
    const bare = word.replace(/[,;.)]+$/, "");
    const behind = foldWord(words[i - 2] ?? "");
    const roman =
      /^[IVX]{1,4}$/.test(bare) || (/^[ivx]{1,4}$/.test(bare) && (HEADS.has(behind) || bare.length > 1));
    const value = roman ? romanValue(bare.toLowerCase()) : undefined;
    if (value !== undefined && (bare.length > 1 || HEADS.has(behind) || i === words.length - 1))
      return word.replace(bare, String(value));
    const mixed = /^([IVX]{1,4})([A-Da-d])$/.exec(bare);
    if (mixed && HEADS.has(behind) && romanValue(mixed[1]!.toLowerCase()))
      return word.replace(bare, `${romanValue(mixed[1]!.toLowerCase())}${mixed[2]}`);
    const digits = /^(\d{1,2})([A-Da-d]?)$/.exec(bare);
    const number = digits ? ROMANS[Number(digits[1])] : undefined;
    return number ? word.replace(bare, `${number}${digits![2]}`) : word;
  });
  return [swapped.join("")];
}

function numbers(text: string): string[] {
  const found = [
    text.replace(/(?<![\d.,])[.,](?=\d)/g, "0."),
    text.replace(/(?<![\d.,])0[.,](?=\d)/g, "."),
    text.replace(/(?<=\d)[,'\u00a0\u202f ](?=\d{3}(?!\d))/g, ""),
    text.replace(/(?<![\d.,])(\d{1,3})(\d{3})(?![\d.,])/g, "$1,$2"),
    text.replace(/(?<=\d),(?=\d{1,2}(?!\d))/g, "."),
    text.replace(/(?<=\d)\.(?=\d{1,2}(?!\d))/g, ","),
    text.replace(/(?<=\d[.,]\d*)0+(?!\d)/g, "").replace(/[.,](?!\d)(?=\s|$)/g, ""),
    text.replace(/(?<=\d)(?=(?:mg|g|ml|kg|mcg|µg|l|mm|cm)\b)/gi, " "),
    text.replace(/(?<=\d)\s+(?=(?:mg|g|ml|kg|mcg|µg|l|mm|cm|%)(?!\p{L}))/giu, ""),
  ];
  return /\d/.test(text) ? found : [];
}

function signs(text: string): string[] {
  const spelt = text
    .replace(/\s*\(?(?<![\p{L}\d]\s)\+\)?(?=[\s,;]|$)/gu, " positive")
    .replace(/\s*\([-−]\)|(?<=[\p{Lu}\d)])[-−](?=[\s,;]|$)/gu, " negative");
  const short = text
    .replace(/[\s-]+positi(?:ve|f|vo|v)\b/giu, "+")
    .replace(/[\s-]+n[eé]gati(?:ve|f|vo|v)\b/giu, "-");
  return [spelt, short];
}

function greek(text: string): string[] {
  const named = text.replace(/[α-ω]/gu, (letter, at: number) => {
    const before = text[at - 1] ?? " ";
    return `${/[\p{L}\d]/u.test(before) ? " " : ""}${GREEK[letter] ?? letter}`;
  });
  const lettered = text.replace(/\p{L}+/gu, (word) => GREEK_OF.get(word.toLowerCase()) ?? word);
  const latin = text.replace(/(?<=[\p{Lu}\d])[α-ω]/gu, (letter) =>
    (GREEK[letter] ?? letter)[0]!.toUpperCase(),
  );
  return [named, lettered, latin];
}

function dotted(text: string): string[] {
  const joined = text.replace(/(?<![\p{L}.])(?:\p{L}\.\s?){2,}\p{L}?(?!\p{L})/gu, (dots, at: number) => {
    const after = text[at + dots.length] ?? "";
    return dots.replace(/[.\s]/g, "") + (/\s$/.test(dots) && after !== "" ? " " : "");
  });
  const split = /^\p{Lu}{2,5}$/u.test(text) ? [`${[...text].join(".")}.`] : [];
  return [joined, ...split];
}

function joined(text: string): string[] {
  return [
    text.replace(/(?<![\p{L}\d])(\p{L}{1,5})[\s-]+(?=\d)/gu, "$1"),
    text.replace(/(?<=\p{L})(?=\d)/gu, " "),
    text.replace(/(?<=\p{L})[-/](?=\p{L})/gu, ""),
    text.replace(/(?<=\p{L})[-/](?=\p{L})/gu, " "),
  ];
}

function spellings(text: string): string[] {
  const lower = text.toLowerCase();
  let [american, british] = [lower, lower];
  for (const [us, uk] of SPELLINGS) {
    if (american.includes(uk)) american = american.replaceAll(uk, us);
    if (british.includes(us) && !british.includes(uk)) british = british.replaceAll(us, uk);
  }
  return [american, british].filter((variant) => variant !== lower);
}

const COMPARED: readonly (readonly [RegExp, string])[] = [
  [/\s*<\s*(?=\d)/g, " less than "],
  [/\s*>\s*(?=\d)/g, " greater than "],
  [/\s*(?:less|lower) than\s*(?=\d)/gi, " < "],
  [/\s*(?:greater|more|higher) than\s*(?=\d)/gi, " > "],
];

function comparisons(text: string): string[] {
  return COMPARED.map(([from, to]) => text.replace(from, to));
}
