/** The dialog that logs in, and who is logged in. */
export function connectLogin({ document, store, session, consumer_key }) {
  const byId = (id) => document.getElementById(id);
  const [dialog, form, failure, submit] = ['login', 'login-form', 'login-failure', 'login-submit'].map(byId);
  const [open, out, caller] = ['log-in', 'log-out', 'caller'].map(byId);
  if (consumer_key) form.elements.consumer_key.value = consumer_key;

  open.addEventListener('click', () => {
    failure.textContent = '';
    dialog.showModal();
  });
  byId('login-cancel').addEventListener('click', () => dialog.close());
  // Escape closes it as well: the password goes however it ends.
  dialog.addEventListener('close', () => (form.elements.password.value = ''));
  out.addEventListener('click', () => {
    session.logOut();
    open.focus();
  });

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { username, password, consumer_key: key } = form.elements;
    failure.textContent = '';
    submit.disabled = true;
    try {
      await session.logIn({ username: username.value.trim(), password: password.value, consumer_key: key.value.trim() });
      dialog.close();
      out.focus();
    } catch (error) {
      failure.textContent = error.message;
      password.focus();
      password.select();
    } finally {
      submit.disabled = false;
    }
  });

  const show = ({ token, user }) => {
    open.hidden = token !== null;
    out.hidden = token === null;
    caller.textContent = token === null ? 'Not logged in' : `Logged in as ${user?.username ?? '…'}`;
  };
  store.subscribe(show);
  show(store.get());
}
