// `npm run journal:verify`: whether the journals are whole.
import { DATABASES_HELP, runCommand } from './backup/command.mjs';

await runCommand({
  help: `npm run journal:verify -- [CHECKPOINT] [--checkpoint FILE]

Walks the chains of all journals and names the first entry of each bank that was changed, removed or added. The exit code
is 1 if there is any. The platform may be running. With CHECKPOINT, a file of an earlier run, it also finds chains whose
end was cut off since, or that were written anew.

  --checkpoint FILE   writes the ends of the chains, signed with JOURNAL_KEY, into a file (-: standard output); keep it
                      where nobody can write who can write the databases

JOURNAL_KEY (or JOURNAL_KEY_FILE) is needed for checkpoints only; without it, the one in DATA_DIR is used.

${DATABASES_HELP}`,
  options: { checkpoint: { type: 'string' } },
  operands: [0, 1],
  async run([checkpoint], values) {
    const { verifyJournals } = await import('./journal/verify.mjs');
    return verifyJournals(checkpoint, values.checkpoint);
  },
});
