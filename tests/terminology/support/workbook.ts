import { zip } from "./zip-writer.ts";

/** A minimal .xlsx of one sheet, as the standard (ECMA-376) has it; empty rows are left out, as Excel does. */
export function workbook(rows: readonly (readonly (string | number)[])[]): Buffer {
  const cells = rows.map((row, r) =>
    row
      .map((value, c) => {
        const at = `${String.fromCharCode(65 + c)}${r + 1}`;
        if (typeof value === "number") return `<c r="${at}"><v>${value}</v></c>`;
        return value === ""
          ? ""
          : `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${xml(value)}</t></is></c>`;
      })
      .join(""),
  );
  const sheet = cells
    .map((content, r) => (content === "" ? "" : `<row r="${r + 1}">${content}</row>`))
    .join("");
  const content = `<?xml version="1.0"?><worksheet xmlns="${MAIN}"><sheetData>${sheet}</sheetData></worksheet>`;
  return zip([...WORKBOOK_PARTS, { path: "xl/worksheets/sheet1.xml", content }]);
}

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packages = "http://schemas.openxmlformats.org/package/2006";
const document = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** All parts of a workbook but its sheet. */
export const WORKBOOK_PARTS: readonly { path: string; content: string }[] = Object.entries({
  "[Content_Types].xml": `<?xml version="1.0"?><Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${document}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${document}.worksheet+xml"/></Types>`,
  "_rels/.rels": `<?xml version="1.0"?><Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  "xl/workbook.xml": `<?xml version="1.0"?><workbook xmlns="${MAIN}" xmlns:r="${office}"><sheets><sheet name="Lexicon" sheetId="1" r:id="r1"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": `<?xml version="1.0"?><Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
}).map(([path, content]) => ({ path, content }));

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
