import { z } from "zod";
import type { SessionSettings } from "../../encoder/session-settings.ts";
import type { Target } from "../target.ts";

/** Largest weight integer: 63 gives the same integers on every machine, 127 is finer where no sum saturates. */
export const weightLimit = z.union([z.literal(63), z.literal(127)]).default(63);

/** Why 8-bit weights make no sense on a target. */
export function refusedLimit(limit: 63 | 127, { cpu, provider }: Target): string | undefined {
  if (limit === 63 || cpu.exactInt8 || provider !== "cpu") return undefined;
  return `8-bit weights saturate on ${cpu.model}, which has none of VNNI, AMX and I8MM`;
}

/** How a graph with such weights is to be run: those of 8 bits on no CPU whose sums saturate. */
export function sessionFor(limit: 63 | 127, session: SessionSettings, { provider }: Target): SessionSettings {
  return limit === 127 && provider === "cpu" ? { ...session, exactInt8: true } : session;
}

/** Why a pass that quantizes linear layers on the CPU makes no sense on a target. */
export function refusedProvider(pass: string, { provider }: Target): string | undefined {
  return provider === "cpu" ? undefined : `${pass} writes operators that ${provider} does not have`;
}
