#!/bin/bash
# Eight tasks of an array ingest a release together; then one finishes it:
#
#   parts=$(sbatch --parsable slurm-ingest.sh)
#   sbatch --dependency=afterok:$parts --array= --wrap='termduet ingest --finish --dataset umls --release 2024AB'
#
# TERMDUET_STORE and TERMDUET_QDRANT_API_KEY come from the environment; a task that is requeued goes on where it stopped.
#SBATCH --job-name=termduet-ingest
#SBATCH --array=1-8
#SBATCH --cpus-per-task=8
#SBATCH --mem=8G
#SBATCH --time=12:00:00
#SBATCH --requeue
set -euo pipefail

work="${SLURM_SUBMIT_DIR:-$PWD}/termduet-work"
part="${SLURM_ARRAY_TASK_ID}/${SLURM_ARRAY_TASK_COUNT}"
set -- # bash 3.2 takes an empty array for an unset one
if [ -d "$work/umls_2024AB.part-${part/\//-of-}" ]; then set -- --resume; fi
exec termduet ingest "${UMLS:?path of META}" --dataset umls --release 2024AB \
  --part "$part" --work "$work" --workers "${SLURM_CPUS_PER_TASK:-1}" --quiet "$@"
