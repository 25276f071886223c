import type { Atom } from "../../../src/terminology/atom.ts";

/** An atom with what matters to the test. */
export function atom(values: Partial<Atom> = {}): Atom {
  return {
    cui: "C0027051",
    lat: "ENG",
    ts: "P",
    stt: "PF",
    isPref: true,
    aui: "A0000001",
    sab: "MSH",
    tty: "MH",
    code: "D009203",
    str: "Myocardial Infarction",
    srl: 0,
    suppress: "N",
    ...values,
  };
}

/** The line of MRCONSO.RRF for an atom, without its newline. */
export function consoLine(values: Partial<Atom> = {}): string {
  const { cui, lat, ts, stt, isPref, aui, sab, tty, code, str, srl, suppress } = atom(values);
  const fields = [cui, lat, ts, "L01", stt, "S01", isPref ? "Y" : "N", aui, "", "", "", sab, tty, code, str];
  return `${[...fields, srl, suppress, "256"].join("|")}|`;
}

/** As many lines of MRCONSO, each with its own CUI, AUI and name, each closed by a newline. */
export function consoLines(count: number): string {
  const lines = Array.from({ length: count }, (_, n) => {
    const number = String(n).padStart(7, "0");
    return `${consoLine({ cui: `C${number}`, aui: `A${number}`, str: `Name number ${n}` })}\n`;
  });
  return lines.join("");
}

/** A small release: the content of each table. */
export const SMALL_RELEASE = {
  "MRRANK.RRF": "0400|MSH|MH|N|\n0300|MSH|SY|N|\n",
  "MRCONSO.RRF": `${consoLine()}\n${consoLine({ lat: "FRE", aui: "A2", sab: "MSHFRE", str: "Infarctus du myocarde" })}\n`,
  "MRSTY.RRF": "C0027051|T047|B2.2.1.2.1|Disease or Syndrome|AT01|256|\n",
  "MRDEF.RRF": "C0027051|A0000001|AT02||MSH|Necrosis of the myocardium.|N||\n",
  "MRREL.RRF": "C0027051|A0000001|SCUI|PAR|C0018799|A3|SCUI|inverse_isa|R01||MSH|MSH|||N||\n",
  "MRHIER.RRF": "C0027051|A0000001|1|A3|MSH|isa|A4.A3|||\n",
} as const;
