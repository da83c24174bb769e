import { type DescField, type DescMessage, getOption } from '@bufbuild/protobuf';
import {
  Access,
  type Failure,
  failure_info,
  FailureSchema,
  type Role,
  role_info,
  RoleSchema,
} from '@platform/descriptors';
import type { Endpoint } from '../endpoint.js';
import { ruleOf } from '../read.js';

/** A failure as the documents show it. */
export interface FailureFacts {
  readonly status: number;
  /** "OBP-30001: Bank not found. …", or the text alone where OBP has no code. */
  readonly text: string;
}

export interface RoleFacts {
  readonly role: string;
  readonly requires_bank_id: boolean;
}

/** @throws Error for a number that is not a failure */
export function failureFacts(failure: Failure): FailureFacts {
  const value = FailureSchema.value[failure];
  if (value === undefined) throw new Error(`failure ${failure} is not declared`);
  const { code, status, text } = getOption(value, failure_info);
  return { status, text: code === '' ? text : `${code}: ${text}` };
}

/** @throws Error for a number that is not a role */
export function roleFacts(role: Role): RoleFacts {
  const value = RoleSchema.value[role];
  if (value === undefined) throw new Error(`role ${role} is not declared`);
  const { name, requiresBankId } = getOption(value, role_info);
  return { role: name, requires_bank_id: requiresBankId };
}

/** "OBPv5.0.0-createCustomer" → "OBPv5.0.0" and "createCustomer". */
export function implementedBy({ operation_id }: Endpoint): { version: string; function: string } {
  const dash = operation_id.indexOf('-');
  return { version: operation_id.slice(0, dash), function: operation_id.slice(dash + 1) };
}

/** Whether a caller must be logged in on every instance. */
export function needsLogin({ access }: Endpoint): boolean {
  return access !== Access.PUBLIC;
}

/** The setting that makes the operation require its roles; undefined where no setting decides it. */
export function roleSwitchOf({ access, roles, roles_switch }: Endpoint): string | undefined {
  const open = access === Access.PUBLIC && roles.length > 0;
  return open ? roles_switch?.setting : undefined;
}

/** The name of a query parameter as the documents spell it. */
export function queryName(field: DescField): string {
  return ruleOf(field).hyphens ? field.name.replaceAll('_', '-') : field.name;
}

/** Whether the message is any JSON object. */
export function isAnyObject({ typeName }: DescMessage): boolean {
  return typeName === 'google.protobuf.Struct';
}

/** Whether the response is a document computed by the platform, not a message. */
export function isDocument({ typeName }: DescMessage): boolean {
  return typeName === 'google.api.HttpBody';
}

/** Whether the response has no body. */
export function isNothing({ success_status }: Endpoint): boolean {
  return success_status === 204;
}
