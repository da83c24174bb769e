// Generates a TypeScript client from the OpenAPI document, compiles it, and calls the 57 published operations of a
// running platform with it. Every answer must have its documented status and fit its documented schema.
//   PLATFORM_URL, ADMIN_USERNAME, ADMIN_PASSWORD, CONSUMER_KEY   an admin of it
// The platform must serve the firehose: ALLOW_CUSTOMER_FIREHOSE=true.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { generateApi } from 'swagger-typescript-api';
import { root } from '../lib/workspace.mjs';
import { here, makeDocuments } from './documents.mjs';

const { PLATFORM_URL, ADMIN_USERNAME, ADMIN_PASSWORD, CONSUMER_KEY } = environment(
  'PLATFORM_URL',
  'ADMIN_USERNAME',
  'ADMIN_PASSWORD',
  'CONSUMER_KEY',
);
const operations = JSON.parse(readFileSync(join(root, 'libs/endpoints/test/operations.json'), 'utf8'));

const made = await makeDocuments(PLATFORM_URL);
try {
  const { Api, callAll, openBank } = await generate();
  const api = new Api({ securityWorker: (token) => ({ headers: { DirectLogin: `token=${token}` } }) });
  api.setSecurityData(await logIn());
  const { data: user } = await api.users.getCurrentUser();
  const roles = operations.flatMap(({ roles: [first] }) => first ?? []);
  const bank_id = await openBank(api, user.user_id, roles);
  const called = new Set();
  await callAll(api, createCall(called), user.user_id, bank_id);
  const missing = operations.map(nameOf).filter((name) => !called.has(name));
  console.log(`${operations.length - missing.length} of ${operations.length}`);
  if (missing.length > 0) throw new Error(`not called: ${missing.join(', ')}`);
} finally {
  made.remove();
}

function environment(...names) {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`${missing.join(', ')} must be set`);
  return process.env;
}

function nameOf({ implemented_by }) {
  return implemented_by.function;
}

/**
 * Generates the client and compiles it with the calls by the strictest rules: a body that does not fit its type fails
 * here.
 */
async function generate() {
  const { files } = await generateApi({
    input: made.paths.openapi,
    output: false,
    fileName: 'client.ts',
    httpClientType: 'fetch',
    extractRequestParams: true,
    silent: true,
  });
  writeFileSync(join(made.folder, 'client.ts'), files[0].fileContent);
  copyFileSync(join(here, 'calls.ts'), join(made.folder, 'calls.ts'));
  const options = {
    strict: true,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    types: [],
    skipLibCheck: true,
  };
  writeFileSync(
    join(made.folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['client.ts', 'calls.ts'] }),
  );
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', made.folder], {
    stdio: 'inherit',
  });
  const load = (name) => import(pathToFileURL(join(made.folder, name)).href);
  return { ...(await load('client.js')), ...(await load('calls.js')) };
}

/** Login is not an operation of an API version, so the client does not have it. */
async function logIn() {
  const DirectLogin = `username=${ADMIN_USERNAME}, password=${ADMIN_PASSWORD}, consumer_key=${CONSUMER_KEY}`;
  const response = await fetch(new URL('/my/logins/direct', PLATFORM_URL), {
    method: 'POST',
    headers: { DirectLogin },
  });
  if (response.status !== 201) throw new Error(`login: ${response.status} ${await response.text()}`);
  return (await response.json()).token;
}

/** Checks each response against the document. */
function createCall(called) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(made.documents.openapi, 'api');
  return async (name, answer) => {
    const { success_status } = operations.find((operation) => nameOf(operation) === name);
    const { status, data } = await answer.catch(async (failure) => {
      throw new Error(`${name}: ${failure.status} ${JSON.stringify(failure.error ?? String(failure))}`);
    });
    if (status !== success_status) throw new Error(`${name}: ${status} instead of ${success_status}`);
    const schema = schemaOf(name, status);
    const validate = schema === undefined ? undefined : ajv.compile({ $ref: schema });
    if (validate?.(data) === false)
      throw new Error(`${name}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(data)}`);
    called.add(name);
    return data;
  };
}

/** The reference to a response's schema in the document; undefined for a response without a body. */
function schemaOf(name, status) {
  const escape = (key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
  for (const [path, verbs] of Object.entries(made.documents.openapi.paths)) {
    for (const [verb, { operationId, responses }] of Object.entries(verbs)) {
      if (operationId !== name) continue;
      if (responses[status]?.content === undefined) return undefined;
      return `api#/paths/${escape(path)}/${verb}/responses/${status}/content/${escape('application/json')}/schema`;
    }
  }
  throw new Error(`${name} is not in the document`);
}
