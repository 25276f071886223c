import axe from "axe-core";
import type { Page } from "playwright-core";

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** What axe finds wrong with the page as it is, by all rules it runs by default and those of WCAG 2.2 AA. */
export async function complaints(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // What fades in is judged when it is there.
  await page.evaluate(
    "Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => 0)))",
  );
  const violations = await page.evaluate<Violation[]>(
    `axe.run({ rules: { "target-size": { enabled: true } } }).then(({ violations }) => violations)`,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`),
  );
}
