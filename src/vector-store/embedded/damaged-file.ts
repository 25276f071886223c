import { TermduetError } from "../../terminology/termduet-error.ts";

/** A file of the store is not what was written. `path` names it; what mends it stands in the message. */
export class DamagedFileError extends TermduetError {
  override name = "DamagedFileError";
  readonly path: string;

  constructor(path: string, what: string, options?: { cause?: unknown }) {
    super(
      "bad-input",
      `${path} is damaged: ${what}; termduet doctor --deep lists all that is, and ingest --restart (or termduet restore) mends it`,
      options,
    );
    this.path = path;
  }
}
