import type { Client } from '../processes/load.js';
import type { Answer } from '../processes/rest.js';
import type { Session } from '../processes/session.js';

const look_ms = 100;

/**
 * A client of two gateways that works like a load balancer: it uses each in turn while its /readyz answers 200. A
 * request that could not be sent, and a GET without a response, is sent once more to the other. A POST whose connection
 * broke is not, because it may have taken effect (RFC 9110, 9.2.2).
 */
export function openBalanced(sessions: readonly [Session, Session]): Client & { close(): void } {
  const ready = new Set<Session>(sessions);
  let turn = 0;
  const look = async (session: Session): Promise<void> => {
    const { status } = await session.rest.send('GET', '/readyz').catch(() => ({ status: 0 }));
    if (status === 200) ready.add(session);
    else ready.delete(session);
  };
  const looking = setInterval(() => sessions.forEach((session) => void look(session)), look_ms);
  const other = (session: Session): Session => sessions.find((one) => one !== session) as Session;
  const next = (): Session => {
    turn += 1;
    const session = sessions[turn % 2] as Session;
    return ready.has(session) ? session : other(session);
  };
  const ask = async (
    mayRepeat: (code: unknown) => boolean,
    request: (session: Session) => Promise<Answer>,
  ): Promise<Answer> => {
    const session = next();
    try {
      return await request(session);
    } catch (error) {
      ready.delete(session);
      if (!mayRepeat((error as NodeJS.ErrnoException).code)) throw error;
      return request(other(session));
    }
  };
  const get = (request: (session: Session) => Promise<Answer>) => ask(() => true, request);
  return {
    create: () =>
      ask(
        (code) => code === 'ECONNREFUSED',
        (session) => session.create(),
      ),
    read: (customer_id) => get((session) => session.read(customer_id)),
    list: () => get((session) => session.list()),
    whoAmI: () => get((session) => session.whoAmI()),
    close: () => clearInterval(looking),
  };
}
