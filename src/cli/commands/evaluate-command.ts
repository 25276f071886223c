import { Command } from "commander";
import { evaluateAlignmentCommand } from "./evaluate-alignment.ts";
import { evaluateRetrievalCommand } from "./evaluate-retrieval.ts";
import { evaluateParallelCommand, evaluateSimilarityCommand } from "./evaluate-sentences.ts";

export function evaluateCommand(): Command {
  return new Command("evaluate")
    .addCommand(evaluateSimilarityCommand())
    .addCommand(evaluateParallelCommand())
    .addCommand(evaluateRetrievalCommand())
    .addCommand(evaluateAlignmentCommand());
}
