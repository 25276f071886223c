import { z } from "zod";
import { STATUS } from "../problems/http-problem.ts";

const CODES = Object.keys(STATUS) as (keyof typeof STATUS)[];

/** RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: "Kind of problem, a URN" }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: "What is wrong and what to do; never holds a query's text" }),
    code: z.enum(CODES),
    requestId: z.string().meta({ description: "The same as in the header X-Request-Id and in the log" }),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details" });
