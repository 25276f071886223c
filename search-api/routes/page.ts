import compression from "compression";
import express, { type RequestHandler, Router } from "express";

/** The web page: static files, asked for anew each time but sent only when they have changed; `/review` is `review.html`. */
export function page(folder: string): RequestHandler {
  const files = express.static(folder, {
    index: "index.html",
    extensions: ["html"],
    cacheControl: false,
    dotfiles: "ignore",
    redirect: false,
    setHeaders: (response) => {
      response.set("Cache-Control", "no-cache");
    },
  });
  // The page alone: a secret beside what somebody else may choose must not be compressed together, and files hold neither.
  return Router().use(compression(), files);
}
