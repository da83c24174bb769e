/** The head of every API document. */
export const about = {
  title: 'Customer platform',
  version: 'v5.1.0',
  license: { name: 'Apache License 2.0', identifier: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  description: [
    'An API for the customers of banks, compatible with version 5.1.0 of the Open Bank Project API.',
    'Log in with `POST /my/logins/direct` (see DirectLogin below), with an OpenID Connect token, or with OAuth 1.0a, ' +
      'signed with HMAC-SHA1 or HMAC-SHA256 (`/oauth/initiate`, `/oauth/authorize`, `/oauth/token`), for which such documents have no word. ' +
      'Every answer carries a `Correlation-Id`; a failure is `{"code":…,"message":…}` with the HTTP status as its code.',
  ].join('\n\n'),
} as const;

/** How callers prove who they are. */
export const logins = {
  directLogin:
    'The value is `token=TOKEN`. `POST /my/logins/direct`, outside of every version, with the header `DirectLogin: username=U, password=P, consumer_key=K` answers `{"token":"…"}`.',
  bearer: 'A token of an OpenID Connect provider that this instance knows.',
} as const;
