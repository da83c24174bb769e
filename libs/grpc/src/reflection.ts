import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { type DescriptorProto, type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { status } from '@grpc/grpc-js';
import {
  type ErrorResponse,
  fileDescriptors,
  type FileDescriptorResponse,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from '@platform/messages';

/** Full names of the service; some clients know only the older one. */
export const reflectionVersions = [
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
] as const;

/** Answers a request of `grpc.reflection.v1` or v1alpha: the messages of both have the same bytes. */
export type Reflect = (question: ServerReflectionRequest) => ServerReflectionResponse;

/**
 * Describes rpcs to clients that request a server's contract. A file is sent with everything it imports, options
 * included: few clients request imports themselves.
 * @param rpcs "/package.Service/Method", the rpcs to show: others are removed from their files
 */
export function createReflection(rpcs: Iterable<string>): Reflect {
  const shown = new Set(rpcs);
  const services = [...new Set([...shown].map((path) => path.split('/')[1] as string))].sort();
  let read: Contract | undefined;
  // Read at first use: most processes never get such a request.
  const contract = (): Contract => (read ??= readContract(shown));

  const answerTo = (question: ServerReflectionRequest): Partial<ServerReflectionResponse> => {
    if (isGiven(question.list_services))
      return { list_services_response: { service: services.map((name) => ({ name })) } };
    if (isGiven(question.file_by_filename)) return file(contract().byName(question.file_by_filename));
    if (isGiven(question.file_containing_symbol)) return file(contract().bySymbol(question.file_containing_symbol));
    if (isGiven(question.file_containing_extension)) {
      const { containing_type, extension_number } = question.file_containing_extension;
      return file(contract().extensionsOf(containing_type)?.get(extension_number));
    }
    if (isGiven(question.all_extension_numbers_of_type)) {
      const known = contract().extensionsOf(question.all_extension_numbers_of_type);
      if (known === undefined) return notFound;
      return {
        all_extension_numbers_response: {
          base_type_name: question.all_extension_numbers_of_type,
          extension_number: [...known.keys()],
        },
      };
    }
    return refused(status.INVALID_ARGUMENT, 'the question is empty');
  };
  const file = (found: FileDescriptorProto | undefined): Partial<ServerReflectionResponse> =>
    found === undefined ? notFound : { file_descriptor_response: contract().withImports(found) };

  return (question) => ({
    ...unanswered,
    valid_host: question.host,
    original_request: question,
    ...answerTo(question),
  });
}

const unanswered = {
  file_descriptor_response: null,
  all_extension_numbers_response: null,
  list_services_response: null,
  error_response: null,
} as const;
const notFound = refused(status.NOT_FOUND, 'nothing of this name is described here');

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function refused(error_code: status, error_message: string): { error_response: ErrorResponse } {
  return { error_response: { error_code, error_message } };
}

interface Contract {
  byName(name: string): FileDescriptorProto | undefined;
  /** @param symbol the full name of a service, method, message, field, enum, enum value or extension */
  bySymbol(symbol: string): FileDescriptorProto | undefined;
  /** By number; undefined for a type that nothing extends. */
  extensionsOf(type: string): ReadonlyMap<number, FileDescriptorProto> | undefined;
  withImports(file: FileDescriptorProto): FileDescriptorResponse;
}

function readContract(shown: ReadonlySet<string>): Contract {
  const files = fileDescriptors.map((base64) =>
    onlyShown(fromBinary(FileDescriptorProtoSchema, Buffer.from(base64, 'base64')), shown),
  );
  const byName = new Map(files.map((file) => [file.name, file]));
  const bySymbol = new Map(files.flatMap((file) => [...symbolsOf(file)].map((symbol) => [symbol, file])));
  const extensions = new Map<string, Map<number, FileDescriptorProto>>();
  for (const file of files) {
    for (const { extendee, number } of file.extension) {
      const type = extendee.replace(/^\./, '');
      extensions.set(type, (extensions.get(type) ?? new Map<number, FileDescriptorProto>()).set(number, file));
    }
  }
  const addWithImports = (file: FileDescriptorProto, found: Set<FileDescriptorProto>): Set<FileDescriptorProto> => {
    if (found.has(file)) return found;
    found.add(file);
    for (const name of file.dependency) addWithImports(byName.get(name) as FileDescriptorProto, found);
    return found;
  };
  return {
    byName: (name) => byName.get(name),
    bySymbol: (symbol) => bySymbol.get(symbol),
    extensionsOf: (type) => extensions.get(type),
    withImports: (file) => ({
      file_descriptor_proto: [...addWithImports(file, new Set())].map((each) =>
        Buffer.from(toBinary(FileDescriptorProtoSchema, each)),
      ),
    }),
  };
}

function onlyShown(file: FileDescriptorProto, shown: ReadonlySet<string>): FileDescriptorProto {
  for (const service of file.service) {
    service.method = service.method.filter(({ name }) => shown.has(`/${file.package}.${service.name}/${name}`));
  }
  file.service = file.service.filter(({ method }) => method.length > 0);
  return file;
}

function* symbolsOf(file: FileDescriptorProto): Generator<string> {
  for (const { name, method } of file.service)
    yield* [`${file.package}.${name}`, ...method.map((each) => `${file.package}.${name}.${each.name}`)];
  yield* symbolsIn(file.package, { nestedType: file.messageType, enumType: file.enumType, extension: file.extension });
}

function* symbolsIn(
  scope: string,
  { nestedType, enumType, extension }: Pick<DescriptorProto, 'nestedType' | 'enumType' | 'extension'>,
): Generator<string> {
  for (const { name } of extension) yield `${scope}.${name}`;
  // The full name of an enum's value has the enum's scope, not the enum's own name.
  for (const { name, value } of enumType) yield* [`${scope}.${name}`, ...value.map((each) => `${scope}.${each.name}`)];
  for (const message of nestedType) {
    const own = `${scope}.${message.name}`;
    yield* [own, ...message.field.map(({ name }) => `${own}.${name}`)];
    yield* symbolsIn(own, message);
  }
}
