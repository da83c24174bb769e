/* global URL, fetch */

/** An answer of the platform that is no success, in its own words. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
    /** Its reader has been told already. */
    this.told = false;
  }
}

/**
 * The platform's REST interface.
 * @param {{root: URL, token: () => string | null, expired: () => void}} options `expired`: told when the token no longer holds
 */
export function createApi({ root, token, expired }) {
  const prefix = new URL('obp/v5.1.0', root);

  const send = async (url, verb, headers, body) => {
    const response = await fetch(url, {
      method: verb,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      credentials: 'omit',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new Refusal(0, 'The platform does not answer.');
    });
    const text = await response.text();
    const value = parsed(text);
    if (!response.ok) throw new Refusal(response.status, value?.message ?? `The platform answers ${response.status}.`);
    return value;
  };

  const api = {
    prefix,
    /** A call as the caller, or as nobody. @throws Refusal */
    async call(verb, path, body) {
      const used = token();
      try {
        return await send(`${prefix.href}${path}`, verb, used === null ? {} : { DirectLogin: `token=${used}` }, body);
      } catch (error) {
        if (error.status === 401 && used !== null) {
          error.told = true;
          if (used === token()) expired();
        }
        throw error;
      }
    },
    /** Reads what anyone may read, unless the instance is set otherwise: as the caller, or as nobody when the token no longer holds. */
    async read(path) {
      return api.call('GET', path).catch((error) => {
        if (!error.told) throw error;
        return api.call('GET', path);
      });
    },
    /** @returns the token. @throws Refusal */
    async logIn({ username, password, consumer_key }) {
      const header = `username="${username}", password="${password}", consumer_key="${consumer_key}"`;
      // What a header cannot carry would fail without a word of the platform.
      if (!/^[\x20-\x7e]*$/.test(header)) throw new Refusal(0, 'Name, password and key may hold only letters, digits and signs of ASCII.');
      return (await send(new URL('my/logins/direct', root), 'POST', { DirectLogin: header })).token;
    },
  };
  return api;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
