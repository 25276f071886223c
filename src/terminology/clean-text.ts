/** A name as an encoder sees it: line breaks and tabs are spaces, Unicode NFC, trimmed. */
export function cleanText(text: string): string {
  return text
    .replace(/[\t\n\r]+/g, " ")
    .normalize("NFC")
    .trim();
}
