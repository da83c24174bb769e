// Calls a running platform with third-party gRPC clients, which are given only its address.
//   PLATFORM_URL, ADMIN_USERNAME, ADMIN_PASSWORD, CONSUMER_KEY   an admin of it
import { join } from 'node:path';
import { run } from '../lib/command.mjs';
import { python } from '../lib/python.mjs';
import { grpcurl, here } from './installed.mjs';
import { openSession } from './session.mjs';

const tools = { GRPCURL: grpcurl(), PYTHON: python(here) };
const { token, bank_id } = await openSession(/** @type {any} */ (process.env));
const env = { ...tools, TOKEN: token, BANK_ID: bank_id };
run(process.execPath, [join(here, 'grpcurl.mjs')], env);
run(process.execPath, [join(here, 'reflection-js.mjs')], env);
run(process.execPath, [join(here, 'grpc-web.mjs')], env);
run(tools.PYTHON, [join(here, 'grpcio.py')], { ...env, ADDRESS: new URL(process.env.PLATFORM_URL).host });
