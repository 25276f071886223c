import { fromBufferPromise, type ZipFile } from "yauzl";
import { TermduetError } from "../termduet-error.ts";

/** Of all parts of a workbook together, unpacked. */
const MAX_UNPACKED = 256 * 1024 * 1024;
/** The reader lays out a whole rectangle, as far as the last cell stands, and keeps it in memory. */
const MAX_CELLS = 2_000_000;
/** With more it fails deep within itself. */
const MAX_ROWS = 65_536;
/** A cell's place: its column in letters, its row. */
const PLACE = /<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"/g;
const ROW = /<(?:\w+:)?row[\s>]/g;
/** So many characters of a part may belong to a tag that the next part goes on with. */
const OVERLAP = 256;

/**
 * Looks at a workbook before it is read: a file of a kilobyte may unpack to gigabytes, or have one cell at the far end of the sheet.
 * Errors: `bad-input` for one that is too large. What is no workbook is left to the reader.
 */
export async function checkWorkbook(bytes: Buffer, name: string): Promise<void> {
  let zip: ZipFile;
  try {
    zip = await fromBufferPromise(bytes);
  } catch {
    return;
  }
  const tooLarge = (what: string): TermduetError =>
    new TermduetError("bad-input", `${name} ${what}: save it as .csv, or cut it into pieces`);
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    unpacked += entry.uncompressedSize;
    if (unpacked > MAX_UNPACKED) throw tooLarge(`unpacks to more than ${MAX_UNPACKED / 1024 / 1024} MB`);
    if (!/worksheets\/[^/]+\.xml$/i.test(entry.fileName)) continue;
    // Sizes that an archive only claims are compared with what comes out.
    const { rows, columns } = await extentOf(await zip.openReadStreamPromise(entry));
    if (rows > MAX_ROWS) throw tooLarge(`has more than ${MAX_ROWS} rows`);
    if (rows * columns > MAX_CELLS)
      throw tooLarge(`has ${rows} rows of ${columns} columns, more than are read`);
  }
}

/** As far as the cells of a sheet reach. */
async function extentOf(xml: AsyncIterable<Buffer>): Promise<{ rows: number; columns: number }> {
  let [rows, columns, counted] = [0, 1, 0];
  let rest = "";
  for await (const chunk of xml) {
    const text = rest + chunk.toString("latin1");
    // A tag that is cut is seen whole with the next part.
    const end = text.lastIndexOf("<");
    const whole = end < 0 ? "" : text.slice(0, end);
    rest = text.slice(Math.max(end, text.length - 64 * OVERLAP));
    for (const [, letters, row] of whole.matchAll(PLACE)) {
      rows = Math.max(rows, Number(row));
      columns = Math.max(columns, columnOf(letters!));
    }
    counted += [...whole.matchAll(ROW)].length;
  }
  return { rows: Math.max(rows, counted), columns };
}

function columnOf(letters: string): number {
  let column = 0;
  for (const letter of letters) column = 26 * column + letter.charCodeAt(0) - 64;
  return column;
}
