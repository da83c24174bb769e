// `npm run verify-data`: whether the databases of the services fit together.
import { DATABASES_HELP, runCommand } from './backup/command.mjs';

await runCommand({
  help: `npm run verify-data -- [FOLDER] [--repair]

Finds records that refer to a record of another service that is not there, and says what to do. The exit code is 1 if
there are any. The platform may be running. With FOLDER, of a backup that was just restored, it also compares the
number of rows and the migrations with those of the backup; do that before the services start.

  --repair   lets the customers service delete what belongs to customers that are not there

${DATABASES_HELP}`,
  options: { repair: { type: 'boolean' } },
  operands: [0, 1],
  async run([folder], values) {
    const { verifyDatabases } = await import('./backup/verify.mjs');
    return verifyDatabases(folder, values.repair === true);
  },
});
