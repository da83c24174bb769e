/** Logs the admin in, creates a bank and grants the admin the roles that the clients need there. */
export async function openSession({ PLATFORM_URL, ADMIN_USERNAME, ADMIN_PASSWORD, CONSUMER_KEY }) {
  let token = '';
  const call = async (method, path, body) => {
    const login =
      token === ''
        ? `username=${ADMIN_USERNAME}, password=${ADMIN_PASSWORD}, consumer_key=${CONSUMER_KEY}`
        : `token=${token}`;
    const response = await fetch(new URL(path, PLATFORM_URL), {
      method,
      headers: { DirectLogin: login, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    // Another test may have given it the role before.
    if (!response.ok && !answer.message.startsWith('OBP-30216'))
      throw new Error(`${method} ${path}: ${response.status} ${answer.message}`);
    return answer;
  };
  ({ token } = await call('POST', '/my/logins/direct'));
  const { user_id } = await call('GET', '/obp/v5.1.0/users/current');
  const grant = (role_name, bank_id) =>
    call('POST', `/obp/v5.1.0/users/${user_id}/entitlements`, { role_name, bank_id });
  await grant('CanCreateBank', '');
  const bank_id = `grpc.${Date.now()}`;
  await call('POST', '/obp/v5.1.0/banks', { id: bank_id, bank_code: 'GRPC' });
  for (const role of ['CanCreateCustomer', 'CanGetCustomer', 'CanGetCustomers']) await grant(role, bank_id);
  return { token, bank_id };
}
