import { TermduetError } from "../terminology/termduet-error.ts";
import { checkModel } from "./onnx/check-model.ts";
import type { EarlierPasses, Pass, PassContext, Workpiece } from "./passes/pass.ts";

/** A pass with its parameters, all filled in. */
export interface PassStep {
  readonly pass: Pass;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Fills in the defaults of a pass's parameters. Errors: `bad-input` naming the parameter that is wrong. */
export function stepOf(pass: Pass, parameters: Readonly<Record<string, unknown>> = {}): PassStep {
  const parsed = pass.parameters.safeParse(parameters);
  if (parsed.success) return { pass, parameters: parsed.data };
  const issue = parsed.error.issues[0]!;
  const where = [pass.name, ...issue.path].join(".");
  throw new TermduetError("bad-input", `pass ${where}: ${issue.message}`);
}

/** Why a step makes no sense where it stands; undefined where it does. */
export function refusal(
  step: PassStep,
  earlier: readonly PassStep[],
  context: PassContext,
): string | undefined {
  const before: EarlierPasses = new Map(earlier.map(({ pass, parameters }) => [pass.name, parameters]));
  return step.pass.refuses?.(step.parameters, context.target, before);
}

/** Runs one step and checks the model that it made. Errors: `internal` where the model is wrong: a bug of the pass. */
export async function runStep(piece: Workpiece, step: PassStep, context: PassContext): Promise<Workpiece> {
  const result = await step.pass.apply(piece, step.parameters, context);
  if (result.model === piece.model) return result;
  try {
    checkModel(result.model);
  } catch (cause) {
    const message = `pass ${step.pass.name} made a wrong graph: ${(cause as Error).message}`;
    throw new TermduetError("internal", message, { cause });
  }
  return result;
}
