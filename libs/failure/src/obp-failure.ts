import { type Failure, failureTable } from '@platform/messages';

/** A failure that the contract names. It crosses gRPC as a detail and becomes `{code,message}` only at the edge. */
export class ObpFailure extends Error {
  constructor(
    readonly failure: Failure,
    /** Appended to the failure's text unchanged; it begins with its own blank. */
    readonly detail = '',
  ) {
    super(failureText(failure, detail));
    this.name = 'ObpFailure';
  }
}

/** Throws the failure. @throws ObpFailure always */
export function fail(failure: Failure, detail = ''): never {
  throw new ObpFailure(failure, detail);
}

/**
 * Throws the failure with the detail that the contract gives it.
 * @param fields what the detail names, as the request has it
 * @throws ObpFailure always
 */
export function failAbout(failure: Failure, fields: object, detail = entry(failure).detail): never {
  const values = fields as Readonly<Record<string, unknown>>;
  return fail(
    failure,
    detail.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name])),
  );
}

/** The text a client sees, e.g. "OBP-30001: Bank not found. …". */
export function failureText(failure: Failure, detail = ''): string {
  const { code, text } = entry(failure);
  return `${code === '' ? '' : `${code}: `}${text}${detail}`;
}

/** The HTTP status of a failure, 400 to 599. */
export function failureStatus(failure: Failure): number {
  return entry(failure).status;
}

function entry(failure: Failure) {
  const found = failureTable[failure];
  if (found === undefined) throw new Error(`failure ${failure} is not declared in failure.proto`);
  return found;
}

/** "OBP-30001"; empty where OBP publishes a text without a code. */
export function failureCode(failure: Failure): string {
  return failureTable[failure]?.code ?? '';
}
