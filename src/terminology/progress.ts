/** One message of a long job. `total` is absent while it is not known. */
export interface Progress {
  /** What is being done, in a word or two for people: `read`, `encode termduet-a`. */
  stage: string;
  done: number;
  total?: number;
  /** What is counted: `strings`, `MB`, `concepts`. */
  unit: string;
}

export type OnProgress = (progress: Progress) => void;
