import {
  create,
  type DescEnum,
  type DescField,
  type DescMessage,
  type DescMethod,
  getOption,
  hasOption,
} from '@bufbuild/protobuf';
import {
  Access,
  describes_api,
  endpoint as endpointOption,
  FeatureSchema,
  type FieldRule,
  FieldRuleSchema,
  http,
  type HttpRule,
  RolesNeededSchema,
  rule,
  switch_info,
  type SwitchInfo,
} from '@platform/descriptors';
import type { Endpoint, Route, Segment, Verb } from './endpoint.js';

/**
 * Reads a method's options. Internal methods have no endpoint.
 * @throws Error naming the method, when its options contradict each other
 */
export function readEndpoint(method: DescMethod): Endpoint | undefined {
  const rpc_path = `/${method.parent.typeName}/${method.name}`;
  const refuse = (reason: string): never => {
    throw new Error(`${rpc_path}: ${reason}`);
  };
  if (!hasOption(method, endpointOption)) return refuse('has no (obp.api.v1.endpoint) option');
  const option = getOption(method, endpointOption);
  if (option.access === Access.SERVICE) {
    return hasOption(method, http) ? refuse('is internal and must have no google.api.http option') : undefined;
  }
  if (!hasOption(method, http)) return refuse('is public and needs a google.api.http option');
  if (!/^OBPv\d+\.\d+\.\d+-\w+$/.test(option.operationId)) return refuse(`"${option.operationId}" is no operation id`);

  const httpRule = getOption(method, http);
  const routes = [httpRule, ...httpRule.additionalBindings].map((one) => routeOf(one, refuse)) as [Route, ...Route[]];
  const placeholders = new Set(
    routes.flatMap(({ segments }) => segments.flatMap((segment) => ('field' in segment ? [segment.field] : []))),
  );
  const byName = new Map(method.input.fields.map((field) => [field.name, field]));
  for (const name of placeholders) {
    const field = byName.get(name);
    if (field?.fieldKind !== 'scalar') refuse(`the path's {${name}} is no scalar field of ${method.input.typeName}`);
  }
  if (option.eventStream && (method.methodKind !== 'server_streaming' || !byName.has('from')))
    refuse('has event_stream, but does not stream or has no field "from"');
  const body = httpRule.body === '' ? undefined : byName.get(httpRule.body);
  if (httpRule.body !== '' && body?.fieldKind !== 'message' && body?.fieldKind !== 'list')
    refuse(`body "${httpRule.body}" is neither a message nor a list`);

  return {
    operation_id: option.operationId,
    summary: option.summary,
    description: option.description,
    documented_path: documented(routes[0]),
    routes,
    success_status: option.successStatus === 0 ? 200 : option.successStatus,
    access: option.access,
    roles: option.roles,
    roles_switch: switchOf(RolesNeededSchema, option.rolesNeeded),
    tags: option.tags,
    failures: option.failures,
    feature_switch: switchOf(FeatureSchema, option.feature),
    describes_api: getOption(method.parent, describes_api),
    example: option.example,
    audit: option.audit,
    represented_by: option.representedBy,
    body: body as Endpoint['body'],
    query: method.input.fields.filter(
      (field) => field !== body && !placeholders.has(field.name) && !ruleOf(field).rpcOnly,
    ),
    response_field: httpRule.responseBody === '' ? undefined : httpRule.responseBody,
    event_stream: option.eventStream,
    list: listOf(method, refuse),
    bank_scoped: byName.has('bank_id'),
    request: method.input,
    response: method.output,
    method,
    rpc_path,
  };
}

function switchOf({ value }: DescEnum, number: number): SwitchInfo | undefined {
  const described = value[number];
  return described !== undefined && hasOption(described, switch_info) ? getOption(described, switch_info) : undefined;
}

/** The field's own rule; the default when it has none. */
export function ruleOf(field: DescField): FieldRule {
  // Few fields have options, and reading them is slow.
  return field.proto.options === undefined ? noRule : getOption(field, rule);
}

/**
 * The fields of a message that documents describe: not those that were added after the documented version, nor those
 * that JSON does not have.
 */
export function documentedFields({ fields }: DescMessage): DescField[] {
  return fields.filter((field) => ruleOf(field).since === '' && !ruleOf(field).rpcOnly);
}

const noRule = create(FieldRuleSchema);

function listOf(method: DescMethod, refuse: (reason: string) => never): DescField | undefined {
  if (method.methodKind === 'unary') return undefined;
  const [list, ...others] = method.output.fields;
  if (method.methodKind !== 'server_streaming' || list?.fieldKind !== 'list' || others.length > 0) {
    return refuse('a streaming operation answers with a message of one list');
  }
  return list;
}

function routeOf({ pattern }: HttpRule, refuse: (reason: string) => never): Route {
  if (pattern.case === undefined) return refuse('a google.api.http binding has no path');
  return {
    verb: pattern.case.toUpperCase() as Verb,
    segments: pattern.value
      .split('/')
      .filter((piece) => piece !== '')
      .map(segmentOf),
  };
}

function segmentOf(piece: string): Segment {
  const field = /^\{([a-z0-9_]+)\}$/.exec(piece)?.[1];
  return field === undefined ? { literal: piece } : { field };
}

function documented({ segments }: Route): string {
  return segments.map((segment) => `/${'field' in segment ? segment.field.toUpperCase() : segment.literal}`).join('');
}
