import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import type { AuditedCall } from '@platform/audit';
import { roleName } from '@platform/entitlements';
import { fail } from '@platform/failure';
import { checkText } from '@platform/input';
import type { Call, Implementation } from '@platform/grpc';
import {
  type Consumer,
  ConsumerServiceDefinition,
  type CreateConsumerRequestJsonV510,
  type CreatedConsumer,
  Failure,
  Role,
} from '@platform/messages';
import { hasRow } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import { auditedCallOf } from '../audit/audit.js';
import { holdsAny } from '../entitlement/authority.js';
import type { Parts } from '../parts.js';
import { type User, UserSchema } from '../user/user.entity.js';
import { callLimit, findConsumer } from './consumer-queries.rpc.js';
import { type ConsumerRecord, ConsumerSchema, consumerUnknown } from './consumer.entity.js';
import { setCallLimits } from './consumer.sql.js';
import { checkUrl, describedBy, limitsBy } from './consumer-rules.js';
import { randomText } from './credentials.js';

type Method = keyof ConsumerServiceDefinition['methods'];

/** The rpcs that write applications. */
export function consumerCommands(parts: Parts): Implementation<ConsumerServiceDefinition> {
  const { audit, config, reader } = parts;

  const auditedCall = (call: Call, method: Method) => auditedCallOf(call, ConsumerServiceDefinition, method);
  const change = async (
    call: Call,
    method: Method,
    consumer_id: string,
    work: (consumer: ConsumerRecord) => void,
  ): Promise<Consumer> => {
    await audit.command(auditedCall(call, method), {}, async (em, note) => {
      work(await existing(em, consumer_id));
      note({ kind: 'application', subject: consumer_id });
    });
    return findConsumer(reader, consumer_id);
  };

  return {
    createConsumer: ({ body }, call) => created(parts, auditedCall(call, 'createConsumer'), body, body.enabled),
    createMyConsumer: ({ body }, call) =>
      created(parts, auditedCall(call, 'createMyConsumer'), body, config.consumers_enabled_by_default),
    async enableDisableConsumers({ consumer_id, body }, call) {
      const { enabled } = body;
      const role = enabled ? Role.ROLE_CAN_ENABLE_CONSUMERS : Role.ROLE_CAN_DISABLE_CONSUMERS;
      if (!call.caller.roles.includes(role)) fail(Failure.FAILURE_USER_HAS_MISSING_ROLES, roleName(role));
      await change(call, 'enableDisableConsumers', consumer_id, (consumer) => void (consumer.is_enabled = enabled));
      return { enabled };
    },
    async updateConsumerRedirectURL({ consumer_id, body }, call) {
      if (!config.consumers_enabled_by_default)
        await requireRole(parts, call.caller, Role.ROLE_CAN_UPDATE_CONSUMER_REDIRECT_URL);
      const { redirect_url } = body;
      // Not by the contract: a caller without the role is told of that first.
      checkText('redirect_url', redirect_url, 1_024);
      checkUrl('redirect_url', redirect_url);
      return change(call, 'updateConsumerRedirectURL', consumer_id, (consumer) => {
        if (consumer.created_by_user_id !== call.caller.user_id) fail(Failure.FAILURE_NOT_CONSUMER_DEVELOPER);
        consumer.redirect_url = redirect_url;
        // An administrator must check the new address first.
        if (!config.consumers_enabled_by_default) consumer.is_enabled = false;
      });
    },
    async updateConsumerLogoURL({ consumer_id, body }, call) {
      const { logo_url } = body;
      checkUrl('logo_url', logo_url);
      return change(call, 'updateConsumerLogoURL', consumer_id, (consumer) => void (consumer.logo_url = logo_url));
    },
    async updateConsumerName({ consumer_id, body }, call) {
      const { app_name } = body;
      return change(call, 'updateConsumerName', consumer_id, (consumer) => void (consumer.app_name = app_name));
    },
    async callsLimit({ consumer_id, body }, call) {
      const limits = limitsBy(body);
      await audit.command(auditedCall(call, 'callsLimit'), {}, async (em, note) => {
        if (!(await hasRow(em, setCallLimits, [`{${limits.join(',')}}`, consumer_id]))) consumerUnknown(consumer_id);
        note({ kind: 'application', subject: consumer_id });
      });
      return callLimit(limits);
    },
  };
}

async function created(
  { audit, clock }: Parts,
  auditedCall: AuditedCall,
  body: CreateConsumerRequestJsonV510,
  is_enabled: boolean,
): Promise<CreatedConsumer> {
  const described = describedBy(body);
  const { user_id } = auditedCall;
  return audit.command(auditedCall, {}, async (em, note) => {
    // The caller's user was deleted while the token was still valid.
    const user =
      (await em.findOne(UserSchema, { user_id, is_deleted: false })) ?? fail(Failure.FAILURE_USER_NOT_LOGGED_IN);
    const consumer = em.create(ConsumerSchema, {
      // Version 7, so ids are in the order of creation.
      consumer_id: v7(),
      consumer_key: randomText(),
      consumer_secret: randomText(),
      ...described,
      created_by_user_id: user_id,
      is_enabled,
      created_at: wireTime(clock()),
    });
    note({ kind: 'application', subject: consumer.consumer_id });
    return createdConsumer(consumer, user);
  });
}

function createdConsumer(consumer: ConsumerRecord, user: User): CreatedConsumer {
  const {
    consumer_id,
    consumer_key,
    consumer_secret,
    app_name,
    app_type,
    description,
    developer_email,
    company,
    redirect_url,
    certificate_pem,
    logo_url,
  } = consumer;
  const { user_id, email, provider_id, provider, username } = user;
  return {
    consumer_id,
    consumer_key,
    consumer_secret,
    app_name,
    app_type,
    description,
    developer_email,
    company,
    redirect_url,
    certificate_pem,
    created_by_user: { user_id, email, provider_id, provider, username },
    enabled: consumer.is_enabled,
    created: consumer.created_at,
    logo_url,
  };
}

/** Locked, so that changes of one application wait for each other. @throws ObpFailure OBP-30019 */
async function existing(em: EntityManager, consumer_id: string): Promise<ConsumerRecord> {
  const found = await em.findOne(ConsumerSchema, { consumer_id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  return found ?? consumerUnknown(consumer_id);
}

/** Checks a role that only some instances require, in the database: the caller's assertion does not contain it. */
async function requireRole({ orm, config }: Parts, caller: Call['caller'], role: Role): Promise<void> {
  if (!(await holdsAny(orm.em.fork(), caller, [{ role, bank_id: '' }], config.scope_policy)))
    fail(Failure.FAILURE_USER_HAS_MISSING_ROLES, roleName(role));
}
