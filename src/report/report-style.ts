/** The report's style sheet: light and calm, readable on paper. */
export const REPORT_STYLE = `
:root { --ink: #22303c; --soft: #66727d; --line: #e3e1db; --paper: #ffffff; --ground: #f7f6f2; --green: #2f7d66; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 40px 28px 64px; }
h1 { font-size: 30px; line-height: 1.2; font-weight: 600; letter-spacing: -0.01em; margin: 0 0 6px; }
h2 { font-size: 19px; font-weight: 600; margin: 0 0 4px; }
h3 { font-size: 14.5px; font-weight: 600; margin: 22px 0 8px; }
.muted, .lead, .note { color: var(--soft); }
.lead { margin: 0 0 16px; max-width: 76ch; }
.note { font-size: 13px; margin: 8px 0 0; }
.subtitle { color: var(--soft); margin: 0 0 26px; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 24px 26px 26px; margin: 0 0 18px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 14px; margin: 0 0 18px; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px; }
.card b { display: block; font-size: 27px; font-weight: 600; letter-spacing: -0.02em; line-height: 1.25; font-variant-numeric: tabular-nums; }
.card span { color: var(--soft); font-size: 13.5px; }
.card.first b { color: var(--green); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px 30px; align-items: start; }
.figure { display: block; width: 100%; height: auto; overflow: visible; }
.figure.square { max-width: 400px; margin: 0 auto; }
.figure text { font-family: inherit; }
.grid { stroke: #ece9e2; }
.axis { stroke: #b9bfc3; }
.tick { font-size: 11.5px; fill: var(--soft); }
.label { font-size: 12px; fill: var(--soft); }
.value { font-size: 11px; fill: #4b5963; }
.inside { font-size: 12px; fill: #ffffff; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 6px 0 10px; font-size: 13.5px; color: #4b5963; }
.legend i, i.dot { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 7px; }
table { border-collapse: collapse; width: 100%; margin: 14px 0 0; }
th, td { text-align: left; vertical-align: top; padding: 7px 10px; border-bottom: 1px solid #eeece6; font-weight: 400; }
thead th { color: var(--soft); font-size: 13px; border-bottom-color: var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
.numbers td, .numbers thead th:not(:first-child), .number { text-align: right; font-variant-numeric: tabular-nums; }
.numbers .text { text-align: left !important; color: var(--soft); font-size: 13px; }
.numbers tbody th { white-space: nowrap; }
.checks { margin-top: 0; font-size: 14px; }
.checks th.number { text-align: right; }
.examples { margin-top: 4px; font-size: 14px; table-layout: fixed; }
.examples td { overflow-wrap: anywhere; line-height: 1.45; }
.rating { color: var(--green); letter-spacing: 1px; font-size: 11px; white-space: nowrap; }
.taken { border: 1px solid #b9d4ca; color: var(--green); border-radius: 999px; font-size: 11px; padding: 0 7px; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 5px 22px; margin: 12px 0 0; font-size: 14px; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
code { font: 12.5px ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: #44525d; }
@media screen and (max-width: 760px) { .pair { grid-template-columns: 1fr; } .pair .figure { max-width: 520px; } main { padding: 22px 14px 40px; } }
@media print {
  @page { margin: 14mm; }
  body { background: #ffffff; font-size: 12px; }
  h1 { font-size: 24px; } h2 { font-size: 16px; } .card b { font-size: 21px; }
  .legend, .checks, .examples, dl, .note, h3, thead th, .card span { font-size: 11.5px; }
  .cards { grid-template-columns: repeat(5, 1fr); }
  main { max-width: none; padding: 0; }
  section, .card { border-color: #d8d6d0; padding: 14px 16px; }
  tr, .figure, .card, h2, h3 { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;
