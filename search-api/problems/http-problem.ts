import { type ErrorCode, TermduetError } from "../../src/terminology/termduet-error.ts";

/**
 * The one table from what went wrong to an HTTP status. The first codes are those of `TermduetError`: what the caller
 * can mend is 4xx; what the operator has to mend is 5xx, 503 where trying again later may help.
 */
export const STATUS = {
  usage: 400,
  "not-found": 404,
  conflict: 409,
  // Behind a request that has been checked these speak of our files, not of the request.
  "bad-input": 500,
  incompatible: 503,
  "no-space": 503,
  unavailable: 503,
  internal: 500,
  "no-key": 401,
  "not-allowed": 403,
  "method-not-allowed": 405,
  "not-acceptable": 406,
  "too-large": 413,
  "unsupported-media-type": 415,
  // FHIR's operations: a code that its system does not have, more than is worked out, what is not offered.
  "unknown-code": 404,
  "too-costly": 422,
  "not-supported": 422,
  "too-many-requests": 429,
  "header-too-large": 431,
  timeout: 408,
  overloaded: 503,
  deadline: 504,
} as const satisfies Record<ErrorCode, number> & Record<string, number>;

export type ProblemCode = keyof typeof STATUS;

const TITLES: Record<ProblemCode, string> = {
  usage: "The request can't be answered as it is",
  "not-found": "Not found",
  conflict: "Conflict",
  "bad-input": "A file of this server is wrong",
  incompatible: "The release and the encoders of this server do not belong together",
  "no-space": "The disk is full",
  unavailable: "Not available now",
  internal: "Internal error",
  "no-key": "A key is needed",
  "not-allowed": "Not allowed",
  "method-not-allowed": "Method not allowed",
  "not-acceptable": "Not acceptable",
  "too-large": "Too large",
  "unsupported-media-type": "Unsupported media type",
  "unknown-code": "Unknown code",
  "too-costly": "Too costly",
  "not-supported": "Not supported",
  "too-many-requests": "Too many requests",
  "header-too-large": "The request's header is too large",
  timeout: "The request did not arrive in time",
  overloaded: "Overloaded",
  deadline: "The answer took too long",
};

/** An error that is known at the HTTP boundary. The detail goes to the caller and holds nothing of the query. */
export class HttpProblem extends Error {
  override name = "HttpProblem";
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.code = code;
    this.headers = headers;
  }
}

/** RFC 9457 problem document. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  requestId: string;
}

export function problemDocument(code: ProblemCode, detail: string, requestId: string): ProblemDocument {
  const type = `urn:termduet:problem:${code}`;
  return { type, title: TITLES[code], status: STATUS[code], detail, code, requestId };
}

const RETRY_SECONDS = "1";

/** Any error as a problem that may be shown: what is not ours or speaks of our machine keeps its words to itself. */
export function asHttpProblem(error: unknown, storeUrl: string): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof TermduetError) return fromTermduetError(error, storeUrl);
  return fromExpress(error) ?? new HttpProblem("internal", "something failed that should not");
}

function fromTermduetError({ code, message }: TermduetError, storeUrl: string): HttpProblem {
  const retry = STATUS[code] === 503 ? { "Retry-After": RETRY_SECONDS } : {};
  // The path of the store is nobody's business; the other messages of 5xx may quote paths and what a library said.
  const told = STATUS[code] < 500 || code === "incompatible";
  const hidden: Partial<Record<ProblemCode, string>> = {
    unavailable: "the store or an encoder does not answer; try again",
    "no-space": "the disk of the server is full",
    "bad-input": "a file of the server can't be read; its log says which",
  };
  const detail = told ? message.replaceAll(storeUrl, "the store") : hidden[code];
  return new HttpProblem(code, detail ?? "something failed that should not", retry);
}

/** Errors of Express and of its body parser, by their status; their messages may quote the body. */
function fromExpress(error: unknown): HttpProblem | undefined {
  if (!(error instanceof Error) || !("status" in error)) return undefined;
  const type = "type" in error ? String(error.type) : "";
  if (error.status === 413)
    return new HttpProblem("too-large", "the body is too large; at most 1 MB is read");
  if (error.status === 415)
    return new HttpProblem("unsupported-media-type", "the body's encoding or charset is not supported");
  if (type === "entity.parse.failed") return new HttpProblem("usage", "the body is not JSON");
  if (typeof error.status === "number" && error.status >= 400 && error.status < 500)
    return new HttpProblem("usage", "the request is malformed");
  return undefined;
}
