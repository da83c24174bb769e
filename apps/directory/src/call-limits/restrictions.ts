import type { Restriction, Restrictions } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import { allRestrictions } from './restrictions.sql.js';

/** All restrictions of operations in one response: their number and size are limited. */
export async function getRestrictions(reader: Reader): Promise<Restrictions> {
  return { restrictions: await reader.page<Restriction>({ text: allRestrictions, values: [] }) };
}
