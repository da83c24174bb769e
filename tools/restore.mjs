// `npm run restore`: a backup into fresh databases.
import { DATABASES_HELP, PROGRAMS_HELP, runCommand } from './backup/command.mjs';

await runCommand({
  help: `npm run restore -- FOLDER [--replace-existing-data]

Restores a backup that \`npm run backup\` made, into databases that do not exist or have no tables, and then verifies
them as \`npm run verify-data -- FOLDER\` does. Stop the services before, and start them afterwards: they complete the
tasks that were pending at the moment of the backup, and migrate the databases if they are newer.
A database is restored completely or stays empty.

  --replace-existing-data   first drops all that the databases have

${DATABASES_HELP}
${PROGRAMS_HELP}`,
  options: { 'replace-existing-data': { type: 'boolean' } },
  operands: [1],
  async run([folder], values) {
    const { restore } = await import('./backup/restore.mjs');
    return restore(folder, values['replace-existing-data'] === true);
  },
});
