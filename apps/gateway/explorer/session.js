import { bankOf, holds } from './roles.js';

const tokenKey = 'explorer.token';
const bankKey = 'explorer.bank';

/** Who holds it sees everybody's requests. */
export const seeRequests = { role: 'CanGetEntitlementRequestsAtAnyBank', requires_bank_id: false };

/** Nobody, at the bank that was chosen last. */
export function initialState(storage) {
  return { token: storage.getItem(tokenKey), user: null, entitlements: null, requests: [], everyRequest: null, banks: [], bank: storage.getItem(bankKey) ?? '' };
}

const nobody = { token: null, user: null, entitlements: null, requests: [], everyRequest: null };

/** Who uses the page and what they may do. The token ends with the browser's tab; the password is kept nowhere. */
export function createSession({ store, api, storage, outcome }) {
  const path = encodeURIComponent;
  const session = {
    async logIn(fields) {
      const token = await api.logIn(fields);
      storage.setItem(tokenKey, token);
      store.change({ ...nobody, token });
      await session.refresh();
      outcome.say(`You are logged in as ${store.get().user.username}.`);
    },

    logOut(message = 'You are logged out.') {
      storage.removeItem(tokenKey);
      store.change(nobody);
      outcome.say(message);
    },

    /** Reads anew who the caller is and what they hold and ask for. */
    async refresh() {
      const { token } = store.get();
      if (token === null) return;
      const [user, held, asked] = await Promise.all([api.call('GET', '/users/current'), api.call('GET', '/my/entitlements'), api.call('GET', '/my/entitlement-requests')]);
      if (store.get().token !== token) return;
      store.change({ user, entitlements: held.list, requests: asked.entitlement_requests });
    },

    async loadBanks() {
      const { banks } = await api.read('/banks');
      const known = banks.map(({ id, full_name }) => ({ id, full_name }));
      store.change({ banks: known });
      // After a first bank is made, it is the one that is meant.
      if (store.get().bank === '' && known.length > 0) session.choose(known[0].id);
    },

    choose(bank) {
      storage.setItem(bankKey, bank);
      store.change({ bank });
    },

    /** Asks for a role, at the chosen bank if it is a bank's. */
    async request(role) {
      const bank_id = bankOf(role, store.get().bank);
      await api.call('POST', '/entitlement-requests', { bank_id, role_name: role.role });
      await session.refresh();
      outcome.say(`${named(role.role, bank_id)} is requested. It counts once somebody grants it, see “Role requests”.`);
    },

    async grantMe(role) {
      const { user, bank } = store.get();
      await grant(user.user_id, role.role, bankOf(role, bank));
      await session.refresh();
      outcome.say(`You now hold ${named(role.role, bankOf(role, bank))}.`);
    },

    /** Grants what a request asks for and then deletes it; that a caller may not delete it takes nothing back. */
    async grantRequest({ entitlement_request_id, user, role_name, bank_id }) {
      await grant(user.user_id, role_name, bank_id);
      const kept = await api.call('DELETE', `/entitlement-requests/${path(entitlement_request_id)}`).then(() => '', remains);
      await session.refresh();
      await session.loadEveryRequest();
      outcome.say(`${user.username} now holds ${named(role_name, bank_id)}.${kept}`, kept === '' ? 'done' : 'hint');
    },

    /** Everybody's requests, if the caller may see them. */
    async loadEveryRequest() {
      const { token, entitlements } = store.get();
      if (token === null || entitlements === null || !holds(entitlements, seeRequests.role, '')) return;
      const { entitlement_requests } = await api.call('GET', '/entitlement-requests');
      if (store.get().token === token) store.change({ everyRequest: entitlement_requests });
    },
  };

  const grant = async (user_id, role_name, bank_id) => {
    try {
      await api.call('POST', `/users/${path(user_id)}/entitlements`, { bank_id, role_name });
    } catch (error) {
      // Somebody was faster.
      if (!error.message.startsWith('OBP-30216')) throw error;
    }
  };
  return session;
}

function remains(error) {
  return ` The request stays in the list: ${error.message}`;
}

/** "CanGetCustomer at gh.29.uk" */
export function named(role_name, bank_id) {
  return bank_id === '' ? role_name : `${role_name} at ${bank_id}`;
}
