// `npm run backup`: all databases at one moment, into one folder.
import { DATABASES_HELP, PROGRAMS_HELP, runCommand } from './backup/command.mjs';

await runCommand({
  help: `npm run backup -- FOLDER

Writes every service's database, as they are at one moment, into FOLDER, which must not exist or be empty. The platform
may keep running: for some milliseconds, deletions of customers, new agents and imports wait; nothing else does.
FOLDER gets a file of pg_dump for each database, and manifest.json: the moment, versions, checksums and the number of
rows of each table. The files contain personal data and secrets of applications; only their owner can read them.

${DATABASES_HELP}
${PROGRAMS_HELP}`,
  options: {},
  operands: [1],
  async run([folder]) {
    const { backUp } = await import('./backup/backup.mjs');
    await backUp(folder);
    return true;
  },
});
