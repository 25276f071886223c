/** A copy that keeps nothing else alive: a slice keeps the whole piece of the document that it was cut from. */
export function own(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, "utf16le").toString("utf16le");
}
