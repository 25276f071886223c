import { describe, expect, test } from "vitest";
import { html } from "../../src/report/html.ts";

describe("the report's HTML", () => {
  test("shows text as text, in elements and in attributes", () => {
    const term = `<script>alert("x")</script> & 'y'`;
    expect(html`<b title="${term}">${term}</b>`.text).toBe(
      '<b title="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;">&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;</b>',
    );
  });

  test("keeps markup, joins lists and leaves out what is not there", () => {
    expect(html`<ul>${["a", "<", 1].map((item) => html`<li>${item}</li>`)}${undefined}</ul>`.text).toBe(
      "<ul><li>a</li><li>&lt;</li><li>1</li></ul>",
    );
  });
});
