import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from '@jest/globals';
import type { ServerReflectionRequest } from '@platform/messages';
import { createReflection } from './reflection.js';

const reflect = createReflection([
  '/obp.customers.v1.CustomerService/CreateCustomer',
  '/obp.customers.v1.CustomerService/UpdateCustomerEmail',
  '/obp.directory.v1.BankService/GetBanks',
]);
const nothing: ServerReflectionRequest = {
  host: 'h',
  file_by_filename: null,
  file_containing_symbol: null,
  file_containing_extension: null,
  all_extension_numbers_of_type: null,
  list_services: null,
};
const ask = (question: Partial<ServerReflectionRequest>) => reflect({ ...nothing, ...question });
const filesOf = (question: Partial<ServerReflectionRequest>) =>
  (ask(question).file_descriptor_response?.file_descriptor_proto ?? []).map((bytes) =>
    fromBinary(FileDescriptorProtoSchema, bytes),
  );

describe('reflection', () => {
  it('lists the services of the rpcs it shows', () => {
    expect(ask({ list_services: '*' })).toMatchObject({
      valid_host: 'h',
      original_request: { list_services: '*' },
      list_services_response: {
        service: [{ name: 'obp.customers.v1.CustomerService' }, { name: 'obp.directory.v1.BankService' }],
      },
    });
  });

  it('shows no other rpcs', () => {
    const [file] = filesOf({ file_containing_symbol: 'obp.customers.v1.CustomerService' });
    expect(file?.service.map(({ name, method }) => [name, method.map((each) => each.name)])).toEqual([
      ['CustomerService', ['CreateCustomer', 'UpdateCustomerEmail']],
    ]);
    expect(
      ask({ file_containing_symbol: 'obp.customers.v1.CustomerService.BatchGetCustomers' }).error_response,
    ).toMatchObject({ error_code: 5 });
    expect(filesOf({ file_by_filename: 'obp/agents/v1/agent.proto' })[0]?.service).toEqual([]);
  });

  it.each([
    ['a service', 'obp.directory.v1.BankService', 'obp/directory/v1/bank.proto'],
    ['a method', 'obp.directory.v1.BankService.GetBanks', 'obp/directory/v1/bank.proto'],
    ['a message', 'obp.customers.v1.PostCustomerJsonV310', 'obp/customers/v1/customer_bodies.proto'],
    ['a field', 'obp.customers.v1.PostCustomerJsonV310.legal_name', 'obp/customers/v1/customer_bodies.proto'],
    ['an enum', 'obp.api.v1.Role', 'obp/api/v1/role.proto'],
    ['an enum value', 'obp.api.v1.ROLE_CAN_CREATE_BANK', 'obp/api/v1/role.proto'],
    ['an extension', 'obp.api.v1.endpoint', 'obp/api/v1/endpoint.proto'],
    ['a nested message', 'google.protobuf.DescriptorProto.ExtensionRange', 'google/protobuf/descriptor.proto'],
  ])('finds the file of %s', (_what, symbol, name) => {
    expect(filesOf({ file_containing_symbol: symbol })[0]?.name).toBe(name);
    expect(filesOf({ file_by_filename: name })[0]?.name).toBe(name);
  });

  it.each([
    { file_containing_symbol: 'obp.customers.v1.CustomerService' },
    { file_by_filename: 'obp/directory/v1/bank.proto' },
    { file_containing_extension: { containing_type: 'google.protobuf.MethodOptions', extension_number: 72295728 } },
  ])('sends with a file all that it imports, each once: %j', (question) => {
    const files = filesOf(question);
    const names = files.map(({ name }) => name);
    expect(names).toContain('google/protobuf/descriptor.proto');
    expect(new Set(names).size).toBe(names.length);
    for (const file of files) for (const needed of file.dependency) expect(names).toContain(needed);
  });

  it('tells what extends a type', () => {
    const { all_extension_numbers_response } = ask({ all_extension_numbers_of_type: 'google.protobuf.MethodOptions' });
    expect(all_extension_numbers_response).toMatchObject({
      base_type_name: 'google.protobuf.MethodOptions',
      extension_number: expect.arrayContaining([72295728]),
    });
    expect(
      filesOf({
        file_containing_extension: { containing_type: 'google.protobuf.MethodOptions', extension_number: 72295728 },
      })[0]?.name,
    ).toBe('google/api/annotations.proto');
  });

  it.each<[string, Partial<ServerReflectionRequest>, number]>([
    ['symbol', { file_containing_symbol: 'obp.none' }, 5],
    ['file', { file_by_filename: 'none.proto' }, 5],
    [
      'extension',
      { file_containing_extension: { containing_type: 'google.protobuf.MethodOptions', extension_number: 1 } },
      5,
    ],
    ['extended type', { all_extension_numbers_of_type: 'obp.api.v1.FailureDetail' }, 5],
    ['question', {}, 3],
  ])('does not know another %s', (_what, question, error_code) =>
    expect(ask(question)).toMatchObject({ error_response: { error_code }, file_descriptor_response: null }),
  );
});
