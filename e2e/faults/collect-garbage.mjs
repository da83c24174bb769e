// Loaded into a process whose memory is measured: at SIGUSR2 it frees unused memory at once, which it would otherwise
// do later.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => collect());
