import { expect, it } from '@jest/globals';
import { sizesOf } from './collections.js';

class Service {
  private readonly byId = new Map<string, unknown>([['one', { list: [1, 2, 3] }]]);
  private readonly inner = { names: new Set(['a', 'b']) };
  // A way back, as services have.
  self: unknown = this;

  hold(id: string): void {
    this.byId.set(id, this.inner);
  }
}

it('finds lists, sets and tables however deep a service holds them', () => {
  const service = new Service();
  service.hold('two');
  const sizes = sizesOf([['Service', service]]);
  expect(sizes.get('Service.byId')).toBe(2);
  expect(sizes.get('Service.byId[].list')).toBe(3);
  expect(sizes.get('Service.inner.names')).toBe(2);
});

it('adds up what stands at the same place of alike things', () => {
  const members = [{ waiting: [1] }, { waiting: [2, 3] }];
  expect(sizesOf([['Line', { members }]]).get('Line.members[].waiting')).toBe(3);
});

it('counts the fields of plain objects, and runs no getters', () => {
  const holder = {
    table: { a: 1, b: 2 },
    get trap(): never {
      throw new Error('looked at');
    },
  };
  expect(sizesOf([['Holder', holder]]).get('Holder.table')).toBe(2);
});
