import { bankOf, mayTryToGrant, standing, summary } from './roles.js';

const words = {
  held: ['held', '✓ you hold it'],
  missing: ['missing', '✕ you do not hold it'],
  unknown: ['unknown', '? log in to see whether you hold it'],
  'no bank': ['unknown', '? choose a bank to see whether you hold it'],
};

/** The parts that show an operation's roles, for swagger-ui's React. */
export function createRoleParts({ React, store, session, outcome }) {
  const h = React.createElement;
  const useCaller = () => React.useSyncExternalStore(store.subscribe, store.get);

  /** Whether the caller may call the operation, in two words on its line. */
  function RoleMark({ facts }) {
    const { text, kind } = summary(facts, useCaller());
    return h('span', { className: `role-mark ${kind}` }, text);
  }

  /** All of an operation's roles, with what can be done about those that are missing. */
  function RolePanel({ facts }) {
    const caller = useCaller();
    const heading = React.useRef(null);
    const [busy, setBusy] = React.useState(false);
    const run = async (work) => {
      setBusy(true);
      await work().catch((error) => outcome.fail(error));
      setBusy(false);
      // The button that was pressed is gone: the next key press starts from here.
      heading.current?.focus();
    };
    if (facts.roles.length === 0) {
      return h('section', { className: 'role-panel' }, h('h4', null, 'Roles'), h('p', null, facts.login ? 'None: it is enough to be logged in.' : 'None: anyone may call this.'));
    }
    return h('section', { className: 'role-panel' },
      h('h4', { ref: heading, tabIndex: -1 }, 'Roles'),
      facts.roles.length > 1 && h('p', null, 'Any one of these is enough.'),
      h('ul', null, facts.roles.map((role) => h(RoleItem, { key: role.role, role, caller, busy, run }))));
  }

  function RoleItem({ role, caller, busy, run }) {
    const state = standing(role, caller);
    const [kind, text] = words[state];
    const bank_id = bankOf(role, caller.bank);
    const asked = caller.requests.some((one) => one.role_name === role.role && one.bank_id === bank_id);
    const button = (label, work) => h('button', { type: 'button', className: 'btn', 'aria-label': `${label}: ${role.role}`, disabled: busy, onClick: () => run(() => work(role)) }, label);
    return h('li', { 'data-role': role.role },
      h('code', null, role.role),
      h('span', { className: 'role-where' }, role.requires_bank_id ? (bank_id === '' ? 'at a bank' : `at ${bank_id}`) : 'for the whole platform'),
      h('span', { className: `role-mark ${kind}` }, state === 'missing' && asked ? '✕ requested, not yet granted' : text),
      state === 'missing' && !asked && button('Request', session.request),
      state === 'missing' && mayTryToGrant(caller) && button('Grant to me', session.grantMe));
  }

  return { RoleMark, RolePanel };
}
