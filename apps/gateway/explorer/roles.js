/** Where a role counts: at the bank, or, for a system role, at none. */
export function bankOf(role, bank) {
  return role.requires_bank_id ? bank : '';
}

/**
 * Whether the caller holds a role.
 * @returns {'unknown' | 'no bank' | 'held' | 'missing'} unknown: nobody is logged in
 */
export function standing(role, { entitlements, bank }) {
  if (entitlements === null) return 'unknown';
  if (role.requires_bank_id && bank === '') return 'no bank';
  return holds(entitlements, role.role, bankOf(role, bank)) ? 'held' : 'missing';
}

export function holds(entitlements, role_name, bank_id) {
  return entitlements.some((one) => one.role_name === role_name && one.bank_id === bank_id);
}

/** Whether the caller may try to grant roles: nothing that it may read tells a super admin from others. The platform decides. */
export function mayTryToGrant({ entitlements }) {
  return entitlements !== null;
}

/** What an operation's line says of its roles: any one of them suffices. */
export function summary({ roles, login }, caller) {
  if (roles.length === 0) return login ? (caller.entitlements === null ? mark('login needed', 'missing') : mark('login suffices', 'held')) : mark('public', 'held');
  const all = roles.map((role) => standing(role, caller));
  if (all.includes('held')) return mark('role held', 'held');
  if (all.includes('unknown')) return mark('role needed', 'unknown');
  return all.every((one) => one === 'no bank') ? mark('choose a bank', 'unknown') : mark('role missing', 'missing');
}

function mark(text, kind) {
  return { text: `${{ held: '✓', missing: '✕', unknown: '?' }[kind]} ${text}`, kind };
}
