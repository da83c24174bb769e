import { type ServiceName, serviceNames } from '@platform/allinone';
import { enter, type Platform } from '../platform.js';
import type { createOpen } from './open.js';
import type { Program } from './program.js';
import { createStack, emptyDatabases, ready, secrets } from './stack.js';
import { openTraces, type Traces } from './traces.js';

/** The platform as processes that a test can kill and start again. */
export interface Replicas {
  /** The platform as clients see it, with a logged-in admin. */
  readonly platform: Platform;
  /** Access to the services' databases. */
  readonly traces: Traces;
  /** Starts the service's first replica again. */
  start(name: ServiceName): Promise<void>;
  /** Kills the first replicas, as a power cut does. */
  kill(...names: ServiceName[]): Promise<void>;
}

/** Starts every service in one or two processes, and the gateway. */
export async function startReplicas(
  opened: ReturnType<typeof createOpen>['opened'],
  replicas: 1 | 2 = 1,
): Promise<Replicas> {
  const databases = opened(await emptyDatabases());
  const stack = opened(await createStack(databases.env, replicas));
  const running = new Map<ServiceName, Program>();
  const start = async (name: ServiceName, replica = 0) => {
    const program = stack.start(name, replica);
    if (replica === 0) running.set(name, program);
    await program.said('listening', 20_000);
  };
  const all = serviceNames.flatMap((name) => Array.from({ length: replicas }, (_, replica) => start(name, replica)));
  await Promise.all([...all, stack.start('gateway').said('listening', 20_000)]);
  await ready(stack.origin);
  const login = {
    username: secrets.admin_username,
    password: secrets.admin_password,
    consumer_key: secrets.consumer_key,
    consumer_secret: secrets.consumer_secret,
  };
  const platform = opened(
    await enter({
      origin: stack.origin,
      ports: undefined,
      databases: databases.env,
      caller_secret: undefined,
      login,
      close: async () => undefined,
    }),
  );
  return {
    platform,
    traces: opened(await openTraces(databases.env)),
    start: (name) => start(name),
    async kill(...names) {
      for (const name of names) {
        const program = running.get(name) as Program;
        program.signal('SIGKILL');
        await program.ended();
      }
    },
  };
}
