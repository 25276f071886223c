import { h, svg } from "./element.js";
import { t } from "./texts.js";

/** A rating as five dots. */
export function dots(rating, className = "") {
  const label = t("ratingOf", { rating });
  const marks = Array.from({ length: 5 }, (_, i) => h("i", { class: i < rating ? "on" : undefined }));
  return h("span", { class: `dots ${className}`, role: "img", "aria-label": label, title: label }, marks);
}

/** Two circles: one over the other where the encoders agree, apart where they don't. */
export function duet(agreement) {
  const label = agreement ? t("agree") : t("differ");
  const [left, right] = agreement ? [9, 15] : [6, 20];
  return svg(
    "svg",
    { class: "duet", viewBox: "0 0 26 12", width: 26, height: 12, role: "img", "aria-label": label },
    svg("title", {}, label),
    svg("circle", { class: "voice-0", cx: left, cy: 6, r: 5 }),
    svg("circle", { class: "voice-1", cx: right, cy: 6, r: 5 }),
  );
}

/** The line between two groups of small facts. */
export function separated(items) {
  return items.flatMap((item, i) =>
    i === 0 ? [item] : [h("span", { class: "sep", "aria-hidden": "true" }, "·"), item],
  );
}
