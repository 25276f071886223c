import { z } from "zod";
import { optimizerConfigSchema } from "./optimizer-config.ts";

/** The JSON schema of a configuration file, published as `docs/optimizer-config.schema.json` for editors. */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(optimizerConfigSchema, { io: "input" });
  return { title: "Termduet optimizer", ...schema };
}
