import type { z } from "zod";
import type { SessionSettings } from "../../encoder/session-settings.ts";
import type { OnProgress } from "../../terminology/progress.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { ModelProto } from "../onnx/proto.ts";
import type { Target } from "../target.ts";

/** What passes hand on: a graph, and how it is to be run. */
export interface Workpiece {
  readonly model: ModelProto;
  readonly session: SessionSettings;
}

/** What a pass may use besides its input. */
export interface PassContext {
  readonly checkpoint: Checkpoint;
  readonly pooling: "mean" | "cls";
  /** Machine that the encoder is made for. */
  readonly target: Target;
  /** Token sequences of calibration strings; none of them is used to judge what comes out. */
  readonly calibration: readonly (readonly number[])[];
  /** Folder for files of the moment. */
  readonly workspace: string;
  /** The float graph as it came from the checkpoint. */
  readonly reference: ModelProto | undefined;
  /** Version of this program, written into the model. */
  readonly version: string;
  readonly onProgress?: OnProgress;
}

/** Passes that come before a pass, with their parameters. */
export type EarlierPasses = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/**
 * One step of the optimizer: a model comes in, a model goes out. `S` is the zod schema of its parameters, each with a
 * default.
 */
export interface Pass<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  readonly parameters: S;
  /** Values that a search tries, by parameter; parameters that are not named keep their default. */
  readonly search: { readonly [K in keyof z.output<S>]?: readonly z.output<S>[K][] };
  /** Whether calibration data enters what comes out. */
  readonly usesCalibration: boolean;
  /** Why these parameters make no sense after these passes on this target; undefined where they do. */
  refuses?(parameters: z.output<S>, target: Target, earlier: EarlierPasses): string | undefined;
  apply(piece: Workpiece, parameters: z.output<S>, context: PassContext): Workpiece | Promise<Workpiece>;
}

/** Declares a pass; its parameters' types follow from their schema. */
export function definePass<S extends z.ZodObject>(pass: Pass<S>): Pass<S> {
  return pass;
}
