import type { DescField } from '@bufbuild/protobuf';
import type { Endpoint } from '../endpoint.js';
import { ruleOf } from '../read.js';

/** The fields in an operation's documented path, in its order. */
export function pathFields({ routes, request }: Endpoint): DescField[] {
  return routes[0].segments.flatMap((segment) =>
    'field' in segment ? request.fields.filter(({ name }) => name === segment.field) : [],
  );
}

/** Whether the field receives all query parameters that no other field is named for. */
export function takesOthers(field: DescField): boolean {
  return ruleOf(field).otherQueryParameters;
}

/** The documented path with its parameters in braces: "/banks/{BANK_ID}/customers". */
export function templatePath({ routes }: Endpoint): string {
  return routes[0].segments
    .map((segment) => ('field' in segment ? `/{${segment.field.toUpperCase()}}` : `/${segment.literal}`))
    .join('');
}
