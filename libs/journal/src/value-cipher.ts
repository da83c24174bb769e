import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Names the master key that wrapped a key. */
const nameBytes = 4;

/** A new key of a subject: to encrypt with, and as it is stored. */
export interface SubjectKey {
  readonly key: KeyObject;
  readonly wrapped: Buffer;
}

/** Keeps the subjects' keys: each is stored only in a form that a master key opens. */
export interface KeyWrap {
  create(): SubjectKey;
  /** @throws Error when none of the master keys wrapped it, or it was changed */
  unwrap(wrapped: Buffer): KeyObject;
  /** Signs a text with the first master key. */
  sign(text: string): string;
  /** Whether any of the master keys signed the text so. */
  isSigned(text: string, signature: string): boolean;
}

interface Master {
  readonly name: Buffer;
  readonly key: KeyObject;
  readonly signing: Buffer;
}

/** @param secrets JOURNAL_KEY: one secret, or a new and an old one separated by a comma; the first one wraps */
export function createKeyWrap(secrets: string): KeyWrap {
  const masters = secrets.split(',').map(masterOf);
  const [first] = masters as [Master];
  const signatureBy = ({ signing }: Master, text: string) => createHmac('sha256', signing).update(text).digest('hex');
  return {
    create() {
      const bytes = randomBytes(keyBytes);
      const wrapped = Buffer.concat([first.name, seal(first.key, bytes, first.name)]);
      return { key: createSecretKey(bytes), wrapped };
    },
    unwrap(wrapped) {
      const name = wrapped.subarray(0, nameBytes);
      const master = masters.find((known) => known.name.equals(name));
      if (master === undefined)
        throw new Error('JOURNAL_KEY lacks the secret that a key of the journal was stored with');
      return createSecretKey(open(master.key, wrapped.subarray(nameBytes), name));
    },
    sign: (text) => signatureBy(first, text),
    isSigned: (text, signature) => masters.some((master) => signatureBy(master, text) === signature),
  };
}

function masterOf(secret: string): Master {
  const derived = (use: string) => createHmac('sha256', secret).update(`journal ${use}`).digest();
  const wrapping = derived('wrap');
  return {
    name: createHash('sha256').update(wrapping).digest().subarray(0, nameBytes),
    key: createSecretKey(wrapping),
    signing: derived('sign'),
  };
}

/** Encrypts a text. @param about what the text belongs to: it cannot be decrypted as another's */
export function encrypt(key: KeyObject, text: string, about: string): Buffer {
  return seal(key, Buffer.from(text), Buffer.from(about));
}

/** @throws Error when the bytes were changed, or encrypted with another key or about something else */
export function decrypt(key: KeyObject, bytes: Buffer, about: string): string {
  return open(key, bytes, Buffer.from(about)).toString();
}

/** The nonce, the encrypted bytes and the tag. */
function seal(key: KeyObject, bytes: Buffer, about: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(about);
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function open(key: KeyObject, sealed: Buffer, about: Buffer): Buffer {
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes))
    .setAAD(about)
    .setAuthTag(sealed.subarray(end));
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, end)), decipher.final()]);
}
