import { describe, expect, it } from '@jest/globals';
import { create, createFileRegistry, type DescFile, setExtension } from '@bufbuild/protobuf';
import {
  DescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  MethodDescriptorProtoSchema,
  MethodOptionsSchema,
  ServiceDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { Access, endpoint, EndpointSchema, http, HttpRuleSchema, Role } from '@platform/descriptors';
import { readEndpoints } from '@platform/endpoints';

interface Method {
  readonly name: string;
  /** "OBPv1.0.0-…"; absent: no endpoint option. */
  readonly id?: string;
  readonly access?: Access;
  /** Absent: no google.api.http option. */
  readonly get?: string;
  readonly post?: string;
  readonly body?: string;
  readonly more?: string[];
  readonly streams?: boolean;
  readonly status?: number;
}

/** A file with one service that has these methods. Its request has bank_id, customer_id, limit and the message body. */
function fileOf(...methods: Method[]): DescFile {
  const file = create(FileDescriptorProtoSchema, {
    name: 'made/by/hand.proto',
    package: 'made',
    syntax: 'proto3',
    messageType: [
      message('Body', ['name', FieldDescriptorProto_Type.STRING]),
      message(
        'Request',
        ['bank_id', FieldDescriptorProto_Type.STRING],
        ['customer_id', FieldDescriptorProto_Type.STRING],
        ['limit', FieldDescriptorProto_Type.INT32],
        ['body', FieldDescriptorProto_Type.MESSAGE],
      ),
      message('Response', ['name', FieldDescriptorProto_Type.STRING]),
      create(DescriptorProtoSchema, {
        name: 'List',
        field: [field(['names', FieldDescriptorProto_Type.STRING], 0, FieldDescriptorProto_Label.REPEATED)],
      }),
    ],
    service: [create(ServiceDescriptorProtoSchema, { name: 'Service', method: methods.map(methodOf) })],
  });
  const found = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] })).getFile('made/by/hand.proto');
  if (found === undefined) throw new Error('the file was not built');
  return found;
}

type Field = [name: string, type: FieldDescriptorProto_Type];

function message(name: string, ...fields: Field[]) {
  return create(DescriptorProtoSchema, {
    name,
    field: fields.map((one, index) => field(one, index, FieldDescriptorProto_Label.OPTIONAL)),
  });
}

function field([name, type]: Field, index: number, label: FieldDescriptorProto_Label) {
  const typeName = type === FieldDescriptorProto_Type.MESSAGE ? { typeName: '.made.Body' } : {};
  return create(FieldDescriptorProtoSchema, { name, number: index + 1, type, label, ...typeName });
}

function methodOf({
  name,
  id,
  access = Access.UNSPECIFIED,
  get,
  post,
  body = '',
  more = [],
  streams = false,
  status = 0,
}: Method) {
  const options = create(MethodOptionsSchema);
  if (id !== undefined)
    setExtension(
      options,
      endpoint,
      create(EndpointSchema, { operationId: id, access, roles: [Role.CAN_GET_CUSTOMER], successStatus: status }),
    );
  const path = get ?? post;
  if (path !== undefined) {
    const pattern = (value: string) => ({ case: get === undefined ? ('post' as const) : ('get' as const), value });
    setExtension(
      options,
      http,
      create(HttpRuleSchema, {
        pattern: pattern(path),
        body,
        additionalBindings: more.map((value) => ({ pattern: pattern(value) })),
      }),
    );
  }
  return create(MethodDescriptorProtoSchema, {
    name,
    inputType: '.made.Request',
    outputType: streams ? '.made.List' : '.made.Response',
    serverStreaming: streams,
    options,
  });
}

const id = 'OBPv5.1.0-one';

describe('readEndpoints', () => {
  it('reads what the options say and derives the rest', () => {
    const [one] = readEndpoints([
      fileOf({
        name: 'One',
        id,
        post: '/banks/{bank_id}/customers/{customer_id}',
        body: 'body',
        status: 201,
        more: ['/b/{bank_id}'],
      }),
    ]);
    expect(one).toMatchObject({
      operation_id: id,
      rpc_path: '/made.Service/One',
      documented_path: '/banks/BANK_ID/customers/CUSTOMER_ID',
      routes: [
        {
          verb: 'POST',
          segments: [{ literal: 'banks' }, { field: 'bank_id' }, { literal: 'customers' }, { field: 'customer_id' }],
        },
        { verb: 'POST', segments: [{ literal: 'b' }, { field: 'bank_id' }] },
      ],
      success_status: 201,
      access: Access.UNSPECIFIED,
      roles: [Role.CAN_GET_CUSTOMER],
      bank_scoped: true,
      list: undefined,
    });
    expect(one?.body?.name).toBe('body');
    expect(one?.query.map(({ name }) => name)).toEqual(['limit']);
  });

  it('takes 200 for an unsaid status, the streamed list, and leaves internal methods out', () => {
    const endpoints = readEndpoints([
      fileOf({ name: 'Some', id, get: '/some', streams: true }, { name: 'Inner', id: '', access: Access.SERVICE }),
    ]);
    expect(endpoints.map(({ success_status, list }) => [success_status, list?.name])).toEqual([[200, 'names']]);
  });

  it.each<[string, Method[], string]>([
    ['a method without options', [{ name: 'One' }], '/made.Service/One: has no (obp.api.v1.endpoint) option'],
    [
      'a public method without a path',
      [{ name: 'One', id }],
      '/made.Service/One: is public and needs a google.api.http option',
    ],
    [
      'an internal method with a path',
      [{ name: 'One', id: '', access: Access.SERVICE, get: '/one' }],
      '/made.Service/One: is internal and must have no google.api.http option',
    ],
    [
      'an operation id of another form',
      [{ name: 'One', id: 'one', get: '/one' }],
      '/made.Service/One: "one" is no operation id',
    ],
    [
      'a placeholder that is no field',
      [{ name: 'One', id, get: '/{unknown}' }],
      "/made.Service/One: the path's {unknown} is no scalar field of made.Request",
    ],
    [
      'a placeholder that is a message',
      [{ name: 'One', id, get: '/{body}' }],
      "/made.Service/One: the path's {body} is no scalar field of made.Request",
    ],
    [
      'a body that is no message',
      [{ name: 'One', id, post: '/one', body: 'limit' }],
      '/made.Service/One: body "limit" is neither a message nor a list',
    ],
    [
      'a body that is no field',
      [{ name: 'One', id, post: '/one', body: 'unknown' }],
      '/made.Service/One: body "unknown" is neither a message nor a list',
    ],
    [
      'one operation id twice',
      [
        { name: 'One', id, get: '/one' },
        { name: 'Two', id, get: '/two' },
      ],
      `/made.Service/Two and /made.Service/One both claim ${id}`,
    ],
    [
      'one verb and path twice, whatever the placeholders are called',
      [
        { name: 'One', id, get: '/banks/{bank_id}' },
        { name: 'Two', id: 'OBPv5.1.0-two', get: '/two', more: ['/banks/{customer_id}'] },
      ],
      '/made.Service/Two and /made.Service/One both claim GET banks/{}',
    ],
  ])('refuses %s', (_name, methods, message) => {
    expect(() => readEndpoints([fileOf(...methods)])).toThrow(message);
  });
});
