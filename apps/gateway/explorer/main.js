/* global SwaggerUIBundle, URL, document, history, location, sessionStorage */
import { createApi } from './api.js';
import { prepare } from './api-document.js';
import { connectBankField } from './bank-field.js';
import { connectLogin } from './login.js';
import { createOutcome } from './outcome.js';
import { createPlugin } from './plugin.js';
import { createResolver } from './references.js';
import { connectRequests } from './requests.js';
import { createSession, initialState } from './session.js';
import { createStore } from './store.js';

const consumer_key = takeConsumerKey();
const outcome = createOutcome(document);
const store = createStore(initialState(sessionStorage));
const api = createApi({
  root: new URL('.', document.baseURI),
  token: () => store.get().token,
  expired: () => session.logOut('Your login is no longer valid. Please log in again.'),
});
const session = createSession({ store, api, storage: sessionStorage, outcome });
const reported = (work) => work.catch((error) => outcome.fail(error));

connectLogin({ document, store, session, consumer_key });
connectBankField({ document, store, session, outcome });
connectRequests({ document, store, session, outcome });
// As a plain link it would take the place of the operation in the address.
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  document.getElementById('operations')?.focus();
});
void reported(session.refresh());
void reported(session.loadBanks());
let shown = reported(showOperations());
// An instance may show its documents only to those who are logged in.
let user = null;
store.subscribe((caller) => {
  if (caller.user === user) return;
  user = caller.user;
  if (user !== null) void shown.then((done) => done || (shown = reported(showOperations())));
});

async function showOperations() {
  const { document: spec, operations } = prepare(await api.read('/resource-docs/v5.1.0/openapi'), api.prefix.href);
  SwaggerUIBundle({
    domNode: document.getElementById('api'),
    spec,
    plugins: [createPlugin({ operations, resolve: createResolver(spec), store, session, outcome, answered })],
    validatorUrl: null,
    deepLinking: true,
    docExpansion: 'none',
    filter: true,
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    syntaxHighlight: { activated: true, theme: 'tomorrow-night' },
    requestInterceptor: authorize,
    onComplete: () => document.getElementById('operations')?.setAttribute('aria-label', 'Operations'),
  });
  return true;
}

/** Calls of the page carry its token, to the platform and nowhere else. */
function authorize(request) {
  const { token } = store.get();
  if (token !== null && new URL(request.url, document.baseURI).origin === location.origin) request.headers['DirectLogin'] = `token=${token}`;
  return request;
}

/** What a call changed is seen at once: banks in the field, roles at the operations. */
function answered(path, verb, { ok, status }) {
  outcome.announce(status === undefined ? 'No answer.' : `The answer is ${status}.`);
  if (status === 401 && store.get().token !== null) void reported(session.refresh());
  if (!ok || verb.toLowerCase() === 'get') return;
  if (path === '/banks') void reported(session.loadBanks());
  if (path === '/banks' || path.includes('entitlement')) void reported(session.refresh());
}

/** A link may bring the key of the application: `/#consumer_key=…`. It does not stay in the address. */
function takeConsumerKey() {
  const key = /^#consumer_key=([A-Za-z0-9-]+)$/.exec(location.hash)?.[1];
  if (key !== undefined) history.replaceState(null, '', location.pathname + location.search);
  return key;
}
