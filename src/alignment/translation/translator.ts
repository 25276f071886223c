/** Texts of one language in another, for encoders that read that one alone. */
export interface Translator {
  /** For people, in the summary. */
  readonly name: string;
  /**
   * The translations of distinct texts, in their order. Languages are ISO 639-1.
   * Errors: `not-found` where there is none, `unavailable` where a service does not answer. No text is in a message.
   */
  translate(texts: readonly string[], from: string, to: string): Promise<string[]>;
}
