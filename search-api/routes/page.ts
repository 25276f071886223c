import express, { type RequestHandler } from "express";

/** The web page: static files, asked for anew each time but sent only when they have changed; `/review` is `review.html`. */
export function page(folder: string): RequestHandler {
  return express.static(folder, {
    index: "index.html",
    extensions: ["html"],
    cacheControl: false,
    dotfiles: "ignore",
    redirect: false,
    setHeaders: (response) => {
      response.set("Cache-Control", "no-cache");
    },
  });
}
