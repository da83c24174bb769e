import { bind, type BoundService } from '@platform/grpc';
import { type Restriction, type Restrictions, RestrictionServiceDefinition } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import type { Parts } from '../parts.js';
import { allRestrictions } from './restriction.sql.js';

/** Tells the gateway what administrators require of requests. */
export function createRestrictionService({ reader }: Parts): BoundService {
  return bind(RestrictionServiceDefinition, { getRestrictions: () => getRestrictions(reader) });
}

/** All restrictions of operations in one response: their number and size are limited. */
export async function getRestrictions(reader: Reader): Promise<Restrictions> {
  return { restrictions: await reader.page<Restriction>({ text: allRestrictions, values: [] }) };
}
