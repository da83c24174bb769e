import { createHash, randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { isId } from '@platform/input';
import { Failure, type Identity, type ResolveExternalUserRequest } from '@platform/messages';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import { randomText } from '../consumer/credentials.js';
import { grantToNewUser } from '../entitlement/new-user-roles.js';
import type { Parts } from '../parts.js';
import {
  externalApplication,
  externalCaller,
  externalUser,
  insertExternalApplication,
  insertExternalUser,
} from './external-user.sql.js';
import { identityOf } from './identity.shape.js';
import type { Caller } from './identity.sql.js';

/**
 * The user and application that a verified token speaks for. If both are known, this costs one query. Otherwise the
 * user is created, without password and roles, and the application, one per issuer and client.
 * @throws ObpFailure OBP-20064, OBP-20013 or OBP-20058 for the state of the user or the application; OBP-20214 for
 * users of this instance
 */
export async function resolveExternalUser(
  parts: Parts,
  request: ResolveExternalUserRequest,
  correlation_id: string,
): Promise<Identity> {
  // Local users log in with their password: no identity provider may speak for them.
  if (request.provider === parts.config.provider || request.provider === '' || request.provider_id === '')
    fail(Failure.FAILURE_OAUTH2_TOKEN_NOT_RECOGNISED);
  const known = await find(parts, request);
  if (known !== undefined) return identityOf(known, parts.config);
  await makeKnown(parts, request, correlation_id);
  return identityOf((await find(parts, request)) ?? fail(Failure.FAILURE_OAUTH2_TOKEN_WITHOUT_CONSUMER), parts.config);
}

async function find({ reader }: Parts, request: ResolveExternalUserRequest): Promise<Caller | undefined> {
  const [caller] = await reader.rows<Caller>({
    ...externalCaller,
    values: [request.provider, request.provider_id, ...applicationValues(request)],
  });
  return caller;
}

/** The application's id, its name at the issuer, and its key; null where the token gives none. */
function applicationValues({
  authorized_party,
  audience,
}: ResolveExternalUserRequest): [string | null, string, string] {
  return [isId(authorized_party) ? authorized_party : null, clientOf({ authorized_party, audience }), audience];
}

const clientOf = ({
  authorized_party,
  audience,
}: Pick<ResolveExternalUserRequest, 'authorized_party' | 'audience'>): string => authorized_party || audience;

/** On concurrent first logins, the unique indexes let one call create each row; the others find it. */
async function makeKnown(
  { audit, clock, config }: Parts,
  request: ResolveExternalUserRequest,
  correlation_id: string,
): Promise<void> {
  const now = wireTime(clock());
  await audit.command(
    { operation_id: 'OAuth2_OIDC', user_id: '', consumer_id: '', correlation_id },
    {},
    async (em, note) => {
      await refuseDeleted(em, request);
      const { user_id, made } = await ensureUser(em, request, now);
      if (made) {
        // Later logins are not recorded: they take place at the issuer.
        note({ kind: 'login', user_id });
        grantToNewUser({ em, note }, user_id, config.new_user_roles, now);
      }
      const consumer_id = await ensureApplication(em, request, user_id, now);
      if (consumer_id !== undefined) note({ kind: 'application', user_id, subject: consumer_id });
    },
  );
}

/**
 * What is kept of a deleted user's subject: a hash, enough to recognize it but not to identify the person. Without it,
 * a token that is still valid would create the user again.
 */
export function deletedSubject(provider: string, provider_id: string): string {
  return `deleted-${createHash('sha256')
    .update(JSON.stringify([provider, provider_id]))
    .digest('hex')}`;
}

async function refuseDeleted(em: EntityManager, { provider, provider_id }: ResolveExternalUserRequest): Promise<void> {
  if ((await externalUser(em, provider, deletedSubject(provider, provider_id))) !== undefined)
    fail(Failure.FAILURE_USER_DELETED);
}

async function ensureUser(
  em: EntityManager,
  { provider, provider_id, username, email }: ResolveExternalUserRequest,
  now: string,
): Promise<{ user_id: string; made: boolean }> {
  const user_id = v7();
  const values = [user_id, provider, provider_id, username || provider_id, email, now];
  const made = await em.execute<unknown[]>(insertExternalUser, values);
  if (made.length > 0) return { user_id, made: true };
  // The user may have been deleted between the two statements.
  const known = (await externalUser(em, provider, provider_id)) ?? fail(Failure.FAILURE_USER_DELETED);
  return { user_id: known.user_id, made: false };
}

/** @returns the id of the application if this call created it */
async function ensureApplication(
  em: EntityManager,
  request: ResolveExternalUserRequest,
  user_id: string,
  now: string,
): Promise<string | undefined> {
  const { provider, authorized_party, app_name, description, email } = request;
  const [id, client, key] = applicationValues(request);
  const [found] = await em.execute<{ consumer_id: string | null }[]>(externalApplication, [id, provider, client, key]);
  if (found?.consumer_id != null) return undefined;
  const made = await em.execute<{ consumer_id: string }[]>(insertExternalApplication, [
    isUuid(authorized_party) ? authorized_party : randomUUID(),
    randomText(),
    randomText(),
    app_name || description,
    description,
    email,
    user_id,
    provider,
    client,
    now,
  ]);
  return made[0]?.consumer_id;
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
