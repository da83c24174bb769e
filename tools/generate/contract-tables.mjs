import { createFileRegistry, fromBinary, getOption, hasOption, toBinary } from '@bufbuild/protobuf';
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  MethodOptions_IdempotencyLevel,
} from '@bufbuild/protobuf/wkt';

const ACCESS = ['user', 'public', 'service'];
const GATEWAY = 1;

/**
 * The proto options that services need at run time, as plain tables.
 * @param {Uint8Array} descriptorSet a google.protobuf.FileDescriptorSet with its imports
 */
export function readTables(descriptorSet) {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
  const option = (name) => required(registry.getExtension(`obp.api.v1.${name}`), name);
  return {
    failureTable: enumTable(registry, 'Failure', option('failure_info'), ({ code, status, text, detail }) => ({
      code,
      status,
      text,
      detail,
    })),
    roleTable: enumTable(registry, 'Role', option('role_info'), ({ name, requiresBankId }) => ({
      name,
      requires_bank_id: requiresBankId,
    })),
    rpcTable: rpcTable(registry, option('endpoint'), deployables(registry)),
    requestRules: requestRules(registry, option('rule')),
  };
}

/** Each file of the set, in base64. */
export function readFiles(descriptorSet) {
  return fromBinary(FileDescriptorSetSchema, descriptorSet).file.map((file) =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, file)).toString('base64'),
  );
}

function required(found, name) {
  if (!found) throw new Error(`proto/obp/api/v1 does not declare ${name}`);
  return found;
}

function enumTable(registry, name, option, row) {
  const { values } = required(registry.getEnum(`obp.api.v1.${name}`), name);
  const described = values.filter((value) => hasOption(value, option));
  return Object.fromEntries(described.map((value) => [value.number, row(getOption(value, option))]));
}

/** Maps the numbers of the deployables to their names: 3 → "customers". */
function deployables(registry) {
  const { values } = required(registry.getEnum('obp.api.v1.Deployable'), 'Deployable');
  return new Map(values.map(({ number, name }) => [number, name.replace('DEPLOYABLE_', '').toLowerCase()]));
}

function rpcTable(registry, option, names) {
  const http = required(registry.getExtension('google.api.http'), 'google.api.http');
  const services = [...registry]
    .filter((type) => type.kind === 'service')
    .sort((a, b) => (a.typeName < b.typeName ? -1 : 1));
  return Object.fromEntries(
    services.flatMap((service) =>
      service.methods
        .filter((method) => hasOption(method, option))
        .map((method) => [
          `/${service.typeName}/${method.name}`,
          rpcRow(method, getOption(method, option), http, names),
        ]),
    ),
  );
}

function rpcRow(method, endpoint, http, names) {
  const callers = callersOf(method, endpoint);
  return {
    operation_id: endpoint.operationId,
    access: ACCESS[endpoint.access],
    callers: callers.map((one) => names.get(one)),
    // Roles that count only with a setting are checked by the gateway alone.
    roles: endpoint.rolesNeeded === 0 ? endpoint.roles : [],
    idempotent: isIdempotent(method, http),
    bank_scoped: method.input.fields.some((field) => field.name === 'bank_id'),
  };
}

function callersOf(method, { access, callers }) {
  const internal = ACCESS[access] === 'service';
  if (internal !== callers.length > 0)
    throw new Error(
      `${method.parent.typeName}/${method.name}: ${internal ? 'say by `callers` who may call it' : 'only an internal rpc says who may call it'}`,
    );
  return internal ? callers : [GATEWAY];
}

// enum Format of endpoint.proto.
const DATE_TIME = 1;

/** The rules of the requests' fields, by rpc; rpcs without rules are left out. */
function requestRules(registry, option) {
  const http = registry.getExtension('google.api.http');
  const services = [...registry]
    .filter((type) => type.kind === 'service')
    .sort((a, b) => (a.typeName < b.typeName ? -1 : 1));
  const rows = services.flatMap((service) =>
    service.methods.map((method) => [`/${service.typeName}/${method.name}`, rulesOfMethod(method, option, http)]),
  );
  return Object.fromEntries(rows.filter(([, rules]) => rules.length > 0));
}

function rulesOfMethod(method, option, http) {
  const body = hasOption(method, http) ? optionOf(method, http).body : '';
  return byKind(
    method.input.fields.flatMap((field) => {
      const { unnamed, required } = optionOf(field, option);
      const presence =
        field.fieldKind === 'message' && (required || (field.name === body && isOwn(field.message)))
          ? [{ path: [field.name], required: true, name: field.name, in: 'message', shape: '' }]
          : [];
      if (field.name === body)
        return [
          ...presence,
          ...rulesBelow(field.message, [field.name], option).map((rule) => ({
            ...rule,
            name: nameOf(rule.path.slice(1)),
            in: 'body',
            shape: unnamed ? '' : field.message.name,
          })),
        ];
      return [
        ...presence,
        ...rulesOf(field, [], option).map((rule) => ({
          ...rule,
          name: nameOf(rule.path),
          in: hasOption(method, http) ? 'query' : 'message',
          shape: '',
        })),
      ];
    }),
  );
}

/** Any other is of no shape that the contract knows, such as a Struct. */
function isOwn(message) {
  return message.typeName.startsWith('obp.');
}

/** What refusals call a field: "account_routings.scheme". */
function nameOf(path) {
  return path.filter((step) => step !== ELEMENT).join('.');
}

/** The registry's extensions are of no type. @returns {any} */
function optionOf(descriptor, extension) {
  return getOption(descriptor, extension);
}

/** In a path: each element of the list before it. */
const ELEMENT = '[]';

function rulesBelow(message, path, option) {
  return message === undefined ? [] : message.fields.flatMap((field) => rulesOf(field, path, option));
}

function rulesOf(field, path, option) {
  const here = [...path, field.name];
  const rule = optionOf(field, option);
  const own = [
    { format: rule.format === DATE_TIME && 'date-time' },
    { max_len: rule.maxLen, max_items: rule.maxItems, no_nul: rule.noNul },
    { min_len: rule.minLen },
    { allowed: rule.in.length > 0 && rule.in, pattern: rule.pattern, otherwise: rule.otherwise },
    { id: rule.id, id_detail: rule.idDetail },
  ].flatMap((kind) => {
    const said = Object.entries(kind).filter(([, value]) => value);
    return said.length > 0 ? [{ path: here, ...Object.fromEntries(said.filter(([name]) => name !== 'no_nul')) }] : [];
  });
  const below =
    field.message !== undefined && isOwn(field.message) && field.fieldKind !== 'map'
      ? rulesBelow(field.message, field.fieldKind === 'list' ? [...here, ELEMENT] : here, option)
      : [];
  return [...own, ...below];
}

/** In this order a request is refused. */
const ORDER = ['required', 'format', 'min_len', 'text', 'max_items', 'otherwise', 'id'];

function byKind(rules) {
  const kindOf = (rule) => {
    const first = ORDER.findIndex((kind) => rule[kind] !== undefined);
    return first === -1 ? ORDER.indexOf('text') : first;
  };
  return rules.toSorted((a, b) => kindOf(a) - kindOf(b));
}

// A GET may be repeated; for any other method the proto file must declare it by `idempotency_level`.
function isIdempotent(method, http) {
  const declared = method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
  return declared || (hasOption(method, http) && optionOf(method, http).pattern.case === 'get');
}
