import { createHash } from 'node:crypto';
import { rpc } from '@platform/grpc';
import {
  BankLookupServiceDefinition,
  type HeldRole,
  type Identity,
  IdentityServiceDefinition,
  JustInTimeEntitlementServiceDefinition,
} from '@platform/messages';
import { type Clock, createLookups, systemClock } from '@platform/runtime';
import type { DirectoryCall } from './caller.js';
import type { LoginParameters } from './credentials.js';

/** Who is calling and which banks exist, as the directory answered less than a second ago. */
export interface Sessions {
  /** @throws ObpFailure OBP-20003, 20013, 20058 or 20064 */
  identify(token: string, correlation_id: string): Promise<Identity>;
  /** The identity as it is now: a call is never refused from the cache, so a granted role works at once. */
  refresh(token: string, correlation_id: string): Promise<Identity>;
  bankExists(bank_id: string, correlation_id: string): Promise<boolean>;
  logIn(parameters: LoginParameters, correlation_id: string): Promise<string>;
  /** Grants a user a role that the user may grant itself. */
  grantJustInTime(
    caller: Pick<Identity, 'user_id' | 'consumer_id'>,
    role: HeldRole,
    correlation_id: string,
  ): Promise<void>;
}

const resolveToken = rpc(IdentityServiceDefinition, 'resolveToken');
const findBank = rpc(BankLookupServiceDefinition, 'findBank');
const logIn = rpc(IdentityServiceDefinition, 'logIn');
const grantJustInTime = rpc(JustInTimeEntitlementServiceDefinition, 'grantJustInTime');

/** Shorter than one second, the time within which a revoked role or token must stop working. */
const ttl_ms = 900;

export function createSessions(call: DirectoryCall, clock: Clock = systemClock): Sessions {
  const identities = createLookups<Identity>({ name: 'sessions', limit: 20_000, ttl_ms, clock });
  // Only existing banks are cached, so a bank that is created now is found by the next call.
  const banks = createLookups<boolean>({ name: 'banks', limit: 20_000, ttl_ms, clock, keep: (exists) => exists });
  const resolve = (token: string, correlation_id: string) => () =>
    call(resolveToken, { token_hash: createHash('sha256').update(token).digest() }, correlation_id);

  return {
    identify: (token, correlation_id) => identities.get(token, resolve(token, correlation_id)),
    refresh: (token, correlation_id) => identities.renew(token, resolve(token, correlation_id)),
    bankExists: (bank_id, correlation_id) =>
      banks.get(bank_id, async () => (await call(findBank, { bank_id }, correlation_id)).exists),
    logIn: async (parameters, correlation_id) => (await call(logIn, parameters, correlation_id)).token,
    grantJustInTime: async ({ user_id, consumer_id }, { role, bank_id: at_bank_id }, correlation_id) =>
      void (await call(grantJustInTime, { user_id, consumer_id, role, at_bank_id }, correlation_id)),
  };
}
