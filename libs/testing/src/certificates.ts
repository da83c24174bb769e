import { generate } from 'selfsigned';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateAuthority {
  readonly cert: string;
  /** A certificate for servers and clients. @param names DNS names; 127.0.0.1 is always among its addresses */
  issue(...names: string[]): Promise<Certificate>;
}

/** A certificate authority that only clients with its certificate trust. Valid for a day. */
export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  const made = { keyType: 'ec', algorithm: 'sha256', notAfterDate: new Date(Date.now() + 86_400_000) } as const;
  const ca = await generate([{ name: 'commonName', value: 'Test authority' }], {
    ...made,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    cert: ca.cert,
    async issue(...names) {
      const altNames = [...names.map((value) => ({ type: 2 as const, value })), { type: 7 as const, ip: '127.0.0.1' }];
      const { cert, private: key } = await generate([{ name: 'commonName', value: names[0] ?? '127.0.0.1' }], {
        ...made,
        ca: { key: ca.private, cert: ca.cert },
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          { name: 'subjectAltName', altNames },
        ],
      });
      return { cert, key };
    },
  };
}
