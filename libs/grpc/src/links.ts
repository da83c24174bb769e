import { type Environment, type Faults, kinds, type Logger, together, type Values } from '@platform/runtime';
import { type CertificateFiles, openCertificates } from './certificates.js';
import type { MutualTls } from './mutual-tls.js';

const all = together('LINK_TLS_CERT', 'LINK_TLS_KEY', 'LINK_TLS_CA');

/** Settings of the links between the processes: all three paths, or none for plain text. */
export const linkSettings = {
  LINK_TLS_CERT: {
    schema: kinds.text(),
    about: "PEM file: this process's certificate on its service's name, for mutual TLS between the processes",
    absent: all,
  },
  LINK_TLS_KEY: { schema: kinds.text(), about: 'PEM file: its key', absent: all },
  LINK_TLS_CA: {
    schema: kinds.text(),
    about: 'PEM file: the authority whose certificates peers must show',
    absent: all,
  },
  LINK_TLS_DOMAIN: {
    schema: kinds.text(),
    about:
      'what follows the names in the certificates: with "bank.internal" customers must show customers.bank.internal',
  },
  ALLOW_PLAIN_LINKS: {
    schema: kinds.flag(false),
    about: 'in production, let the processes talk in plain text, as inside an encrypted network',
  },
} as const;

/** The files for TLS between the processes; undefined: they use plain text. */
export interface Links extends Required<CertificateFiles> {
  /** The domain after the services' names in the certificates; may be empty. */
  readonly domain: string;
}

/** The links by the settings, which have all three paths or none. */
export function linksOf({
  LINK_TLS_CERT: cert,
  LINK_TLS_KEY: key,
  LINK_TLS_CA: ca,
  LINK_TLS_DOMAIN: domain,
}: Values<typeof linkSettings>): Links | undefined {
  return cert === '' ? undefined : { cert, key, ca, domain };
}

/**
 * For a process that talks to other processes of the platform: in production its links are plain only if
 * ALLOW_PLAIN_LINKS says so.
 */
export function plainLinksFaults(env: Environment): Faults {
  const given = ['LINK_TLS_CERT', 'LINK_TLS_KEY', 'LINK_TLS_CA'].some((name) => (env[name] ?? '') !== '');
  if (env['NODE_ENV'] !== 'production' || env['ALLOW_PLAIN_LINKS'] === 'true' || given) return new Map();
  return new Map([
    [
      'LINK_TLS_CERT',
      'LINK_TLS_CERT, LINK_TLS_KEY and LINK_TLS_CA must be set when NODE_ENV=production, or ALLOW_PLAIN_LINKS=true where the network encrypts',
    ],
  ]);
}

/** @throws Error when the files cannot be used */
export function openLinks(links: Links | undefined, log: Logger): MutualTls | undefined {
  if (links === undefined) return undefined;
  return {
    certificates: openCertificates(links, log),
    nameOf: (service) => (links.domain === '' ? service : `${service}.${links.domain}`),
  };
}
