import type { RequestHandler } from "express";
import helmet from "helmet";

/** Headers for every answer. The page needs its own scripts and styles and nothing else, neither inline nor from afar. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
      },
    },
    // Plain HTTP on a local machine must go on working; whoever adds TLS adds this there.
    strictTransportSecurity: false,
    xFrameOptions: { action: "deny" },
  });
}
