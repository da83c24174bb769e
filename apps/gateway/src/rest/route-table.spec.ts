import { describe, expect, it } from '@jest/globals';
import type { Segment } from '@platform/endpoints';
import { RouteTable } from './route-table.js';

const segments = (path: string): Segment[] =>
  path
    .split('/')
    .filter(Boolean)
    .map((piece) => (piece.startsWith(':') ? { field: piece.slice(1) } : { literal: piece }));

function createTable(...paths: string[]): RouteTable<string> {
  const table = new RouteTable<string>();
  for (const path of paths) table.add('GET', segments(path), path);
  return table;
}
const find = (table: RouteTable<string>, path: string) => table.find('GET', path.split('/').filter(Boolean));

describe('a route table', () => {
  it('takes a literal before a field', () => {
    const table = createTable('/users/:user_id', '/users/current');
    expect(find(table, '/users/current')).toEqual({ target: '/users/current', fields: {} });
    expect(find(table, '/users/u-1')).toEqual({ target: '/users/:user_id', fields: { user_id: 'u-1' } });
  });

  it('goes back to the field when the literal leads nowhere', () => {
    const table = createTable(
      '/banks/:bank_id/customers/attributes/:id',
      '/banks/:bank_id/:customer_id/attributes/:id',
      '/banks/:bank_id/customers/:customer_id/attributes/:id',
    );
    expect(find(table, '/banks/b/customers/attributes/a')?.fields).toEqual({ bank_id: 'b', id: 'a' });
    expect(find(table, '/banks/b/c/attributes/a')?.fields).toEqual({ bank_id: 'b', customer_id: 'c', id: 'a' });
    expect(find(table, '/banks/b/customers/c/attributes/a')?.fields).toEqual({
      bank_id: 'b',
      customer_id: 'c',
      id: 'a',
    });
    expect(find(table, '/banks/b/customers/attributes/attributes/a')?.fields).toEqual({
      bank_id: 'b',
      customer_id: 'attributes',
      id: 'a',
    });
  });

  it('knows neither half a path nor more than one, nor another verb', () => {
    const table = createTable('/banks/:bank_id/customers');
    expect(find(table, '/banks/b')).toBeUndefined();
    expect(find(table, '/banks/b/customers/c')).toBeUndefined();
    expect(table.find('PUT', ['banks', 'b', 'customers'])).toBeUndefined();
    expect(table.find('__proto__', [])).toBeUndefined();
  });

  it('has its pieces as text, whatever they are called', () => {
    const table = createTable('/banks/:bank_id');
    expect(find(table, '/banks/__proto__')?.fields).toEqual({ bank_id: '__proto__' });
    expect(find(table, '/constructor/b')).toBeUndefined();
  });

  it('refuses two targets for one path, whatever its fields are called', () => {
    expect(() => createTable('/banks/:bank_id', '/banks/:id')).toThrow('two targets');
    expect(() => createTable('/', '/')).toThrow('two targets');
  });

  it('has a root', () => {
    expect(find(createTable('/'), '/')?.target).toBe('/');
  });
});
