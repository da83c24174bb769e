import type { KeyObject } from 'node:crypto';
import type { Change } from './changes.js';
import { decrypt, encrypt } from './value-cipher.js';

/** Whose values they are: one record's at one change. */
type About = Pick<Change, 'bank_id' | 'kind' | 'record_id' | 'version'>;

const aboutOf = ({ bank_id, kind, record_id, version }: About): string =>
  JSON.stringify([bank_id, kind, record_id, version]);

/** The encrypted values of a change. */
export function contentOf(key: KeyObject, change: About & Pick<Change, 'was' | 'became'>): Buffer {
  return encrypt(key, JSON.stringify({ was: change.was, became: change.became }), aboutOf(change));
}

/** JSON: {"was":{…},"became":{…}} @throws Error when the content is not that of the change */
export function valuesOf(key: KeyObject, content: Buffer, about: About): string {
  return decrypt(key, content, aboutOf(about));
}
