// Loaded into a process whose memory is measured: SIGUSR2 makes it give back what it does not need, which it would do in its own time.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => collect());
