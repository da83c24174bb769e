import { holds, mayTryToGrant } from './roles.js';
import { named, seeRequests } from './session.js';

/** More than anybody reads here; a list without an end would freeze the page. */
const most = 200;

/** The panel of the caller's own requests for roles, and of others' if the caller may see them. */
export function connectRequests({ document, store, session, outcome }) {
  const details = document.getElementById('requests');
  const body = document.getElementById('requests-body');
  const title = details.querySelector('summary');

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const button = (label, name, work) => {
    const made = element('button', { type: 'button', textContent: label, ariaLabel: name });
    made.addEventListener('click', async () => {
      made.disabled = true;
      await work().catch((error) => outcome.fail(error));
      made.disabled = false;
      if (!made.isConnected) title.focus();
    });
    return made;
  };

  const item = (request, caller) => {
    const { user, role_name, bank_id, created } = request;
    const own = user.user_id === caller.user?.user_id;
    const granted = holds(own ? caller.entitlements : (user.entitlements?.list ?? []), role_name, bank_id);
    const what = `${named(role_name, bank_id)} for ${user.username}`;
    const asked = element('small', { textContent: created.slice(0, 10) });
    if (granted) return element('li', {}, what, asked, element('span', { className: 'role-mark held', textContent: '✓ granted' }));
    const open = element('span', { className: 'role-mark unknown', textContent: '… open' });
    return element('li', {}, what, asked, open, ...(mayTryToGrant(caller) ? [button('Grant', `Grant: ${what}`, () => session.grantRequest(request))] : []));
  };
  const list = (requests, caller, none) => {
    if (requests.length === 0) return [element('p', { textContent: none })];
    const rest = requests.length - most;
    return [element('ul', {}, ...requests.slice(0, most).map((one) => item(one, caller))), ...(rest > 0 ? [element('p', { textContent: `… and ${rest} more` })] : [])];
  };
  const others = (caller) => {
    const { everyRequest, entitlements } = caller;
    if (holds(entitlements, seeRequests.role, '')) {
      return everyRequest === null ? [element('p', { textContent: 'Loading …' })] : list(everyRequest.filter(({ user }) => user.user_id !== caller.user.user_id), caller, 'None.');
    }
    const help = mayTryToGrant(caller) ? [button('Grant to me', `Grant to me: ${seeRequests.role}`, () => session.grantMe(seeRequests))] : [];
    return [element('p', { textContent: `To see them takes the role ${seeRequests.role}.` }), ...help];
  };

  const show = (caller) => {
    if (!details.open) return;
    if (caller.token === null) return body.replaceChildren(element('p', { textContent: 'Log in to see requests for roles.' }));
    if (caller.entitlements === null) return body.replaceChildren(element('p', { textContent: 'Loading …' }));
    body.replaceChildren(
      element('h3', { textContent: 'Mine' }), ...list(caller.requests, caller, 'None. An operation that you may not call offers to request its role.'),
      element('h3', { textContent: 'Of others' }), ...others(caller),
      button('Refresh', 'Refresh the requests', refresh),
    );
  };
  const refresh = async () => {
    await session.refresh();
    await session.loadEveryRequest();
  };
  const load = () => {
    if (details.open && store.get().everyRequest === null) session.loadEveryRequest().catch((error) => outcome.fail(error));
  };
  details.addEventListener('toggle', () => {
    load();
    show(store.get());
  });
  let known;
  store.subscribe((caller) => {
    if (caller.entitlements !== known) {
      known = caller.entitlements;
      load();
    }
    show(caller);
  });
}
