import type { Segment, Verb } from '@platform/endpoints';

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter?: Node<T>;
  found?: { readonly target: T; readonly fields: readonly string[] };
}

export interface Match<T> {
  readonly target: T;
  /** Path fields, still percent-encoded. */
  readonly fields: Readonly<Record<string, string>>;
}

/** One trie per verb. A literal matches before a field, so /users/current is not a user named "current". */
export class RouteTable<T> {
  private readonly roots = new Map<string, Node<T>>();

  add(verb: Verb, segments: readonly Segment[], target: T): void {
    let node = this.roots.get(verb);
    if (node === undefined) this.roots.set(verb, (node = { literals: new Map() }));
    const fields: string[] = [];
    for (const segment of segments) {
      if ('field' in segment) {
        fields.push(segment.field);
        node = node.parameter ??= { literals: new Map() };
      } else {
        let child: Node<T> | undefined = node.literals.get(segment.literal);
        if (child === undefined) node.literals.set(segment.literal, (child = { literals: new Map() }));
        node = child;
      }
    }
    if (node.found !== undefined) throw new Error(`two targets for ${verb} ${JSON.stringify(segments)}`);
    node.found = { target, fields };
  }

  /** @param pieces the path's segments that are not empty */
  find(verb: string, pieces: readonly string[]): Match<T> | undefined {
    const root = this.roots.get(verb);
    if (root === undefined) return undefined;
    const taken: string[] = [];
    const found = walk(root, pieces, 0, taken);
    return found === undefined
      ? undefined
      : {
          target: found.target,
          fields: Object.fromEntries(found.fields.map((field, index) => [field, taken[index] as string])),
        };
  }
}

function walk<T>(node: Node<T>, pieces: readonly string[], at: number, taken: string[]): Node<T>['found'] {
  if (at === pieces.length) return node.found;
  const piece = pieces[at] as string;
  const literal = node.literals.get(piece);
  if (literal !== undefined) {
    const found = walk(literal, pieces, at + 1, taken);
    if (found !== undefined) return found;
  }
  if (node.parameter === undefined) return undefined;
  taken.push(piece);
  const found = walk(node.parameter, pieces, at + 1, taken);
  if (found === undefined) taken.pop();
  return found;
}
