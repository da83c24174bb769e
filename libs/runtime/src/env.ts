import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { commaList } from './text.js';

/** One setting read from the environment. */
export interface Setting {
  /** Parses the variable's text; its `default()` is used when the variable is absent. */
  readonly schema: z.ZodType;
  readonly about: string;
  /** Secrets must be given in production; their values are never printed. */
  readonly secret?: boolean;
  /** The fault of its absence, as far as the other variables make it one. Without this function it may be absent. */
  readonly absent?: (env: Environment) => string | undefined;
}

export type Settings = Record<string, Setting>;
export type Values<S extends Settings> = { [K in keyof S]: z.infer<S[K]['schema']> };
export type Environment = Readonly<Record<string, string | undefined>>;

/** All faults of a configuration at once. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(
      `The configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\nRun with --help to see every setting.`,
    );
    this.name = 'ConfigurationError';
  }
}

const isGiven = (env: Environment, name: string): boolean => (env[name] ?? '') !== '';

/** `absent` of settings that are useless without each other: all of these names, or none. */
export const together =
  (...names: readonly string[]): NonNullable<Setting['absent']> =>
  (env) =>
    names.some((name) => isGiven(env, name))
      ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)} must be set together`
      : undefined;

/** Settings whose values somebody else provides, so that none has to be given. */
export function provided<S extends Settings>(settings: S): S {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [name, { ...setting, absent: undefined }]),
  ) as S;
}

/** What is wrong with settings, by their names. */
export type Faults = ReadonlyMap<string, string>;

/**
 * Reads the settings from an environment; an empty variable counts as absent.
 * @param found the faults that are known already
 * @throws ConfigurationError naming every fault at once: what is absent, what is malformed, and what is known already
 */
export function readSettings<S extends Settings>(settings: S, env: Environment, found: Faults = new Map()): Values<S> {
  const faults = new Set<string>();
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const fault = found.get(name) ?? (isGiven(env, name) ? undefined : faultOfAbsence(name, setting, env));
    if (fault !== undefined) {
      faults.add(fault);
      continue;
    }
    const parsed = setting.schema.safeParse(isGiven(env, name) ? env[name] : undefined);
    if (parsed.success) values[name] = parsed.data;
    else faults.add(`${name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')} (${setting.about})`);
  }
  if (faults.size > 0) throw new ConfigurationError([...faults]);
  return values as Values<S>;
}

function faultOfAbsence(name: string, { secret, about, absent }: Setting, env: Environment): string | undefined {
  if (secret === true && env['NODE_ENV'] === 'production')
    return `${name} must be set when NODE_ENV=production (${about})`;
  return absent?.(env);
}

/**
 * The environment with the values from files: NAME_FILE names a file whose text, without the line break at its end, is
 * the value of NAME. A file that is empty or cannot be read is a fault, and so is a setting given in both ways.
 */
export function withFiles(settings: Settings, env: Environment): { env: Environment; faults: Faults } {
  const faults = new Map<string, string>();
  const values: Record<string, string | undefined> = { ...env };
  for (const name of Object.keys(settings)) {
    const path = env[`${name}_FILE`] ?? '';
    delete values[`${name}_FILE`];
    if (path === '') continue;
    if (isGiven(env, name)) faults.set(name, `${name}_FILE and ${name} are both set: one must go`);
    else values[name] = readText(path, (reason) => faults.set(name, `${name}_FILE: its file ${reason}`));
  }
  return { env: values, faults };
}

function readText(path: string, failed: (reason: string) => void): string {
  try {
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    if (text === '') failed('is empty');
    return text;
  } catch (error) {
    failed(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
    return '';
  }
}

/** The text of --help: every setting with its default. */
export function describeSettings(settings: Settings): string {
  const width = Math.max(...Object.keys(settings).map((name) => name.length));
  return Object.entries(settings)
    .map(([name, setting]) => `  ${name.padEnd(width)}  ${setting.about}${defaultOf(setting)}`)
    .join('\n');
}

function defaultOf(setting: Setting): string {
  if (setting.secret === true) return ' (secret; required in production)';
  const initial = String((setting.schema.parse(undefined) as string | number | boolean | string[] | undefined) ?? '');
  return initial === '' ? '' : ` (default ${initial})`;
}

/** The setting for a peer's address. */
export const addressSetting = (name: string, port: number) => ({
  schema: kinds.text(`127.0.0.1:${port}`),
  about: `${name} service, host:port, replicas separated by commas`,
});

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

/** The kinds of settings in use, each with its default. */
export const kinds = {
  text: (initial = '') => z.string().default(initial),
  /** "a,b", or "[a,b]" as OBP writes lists. */
  list: (initial = '') =>
    z
      .string()
      .default(initial)
      .transform((text) => commaList(text.replace(/^\s*\[|\]\s*$/g, ''))),
  /** 0 means any free port. */
  port: (initial: number) => whole(0, 65535).default(initial),
  optionalPort: () => whole(0, 65535).optional(),
  integer: (min: number, max: number, initial: number) => whole(min, max).default(initial),
  flag: (initial: boolean) =>
    z
      .enum(['true', 'false'], { error: 'must be true or false' })
      .transform((text) => text === 'true')
      .default(initial),
  choice: <const T extends readonly [string, ...string[]]>(names: T, initial: T[number]) =>
    z.enum(names, { error: `must be one of ${names.join(', ')}` }).default(initial as never),
  /**
   * One secret, or a new and an old one separated by a comma. A blank beside the comma is refused: it would become part
   * of the secret, and other processes would not have it.
   */
  secrets: (min: number) =>
    z
      .string()
      .refine(
        (text) => text.split(',').every((one) => one.length >= min),
        `must have at least ${min} characters, each of two`,
      )
      .refine((text) => text.split(',').length <= 2, 'must be one secret or two')
      .refine((text) => text.split(',').every((one) => one === one.trim()), 'must have no blanks around a secret')
      .optional(),
  /** A secret of at least so many characters; it may be absent only outside production. */
  secret: (min = 16) => z.string().min(min, `must have at least ${min} characters`).optional(),
  postgres: () =>
    z
      .string()
      .regex(/^postgres(ql)?:\/\/\S+$/, 'must be a postgresql:// URL')
      .optional(),
};

/** Whether the roles of applications count: settings that several processes share. */
export const scopeSettings = {
  REQUIRE_SCOPES_FOR_ALL_ROLES: {
    schema: kinds.flag(false),
    about: 'a role counts only if the application holds it too; the same for gateway and directory',
  },
  REQUIRE_SCOPES_FOR_LISTED_ROLES: {
    schema: kinds.list(),
    about: 'the roles for which that is so, separated by commas',
  },
  ALLOW_ENTITLEMENTS_OR_SCOPES: {
    schema: kinds.flag(false),
    about: 'a role counts if the user or the application holds it',
  },
} as const;
