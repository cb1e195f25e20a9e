import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Directory, keyOf, type RowFacts } from '../src/directory.js';
import { rowKeyOf } from '../src/rowKey.js';

const partitions = ['', '0123456789abcdef'];
const models = ['a'.repeat(64), 'b'.repeat(64)];
const tags = ['00000000000000a1', '00000000000000b2', '00000000000000c3'];
const keyText = (number: number) => number.toString(16).padStart(64, '0');
const key = (number: number) => rowKeyOf(keyText(number));

const facts = fc.record({
  partition: fc.constantFrom(...partitions),
  model: fc.constantFrom(...models),
  size: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  createdAt: fc.double({ min: 0, max: 1e15, noNaN: true }),
  tags: fc.uniqueArray(fc.constantFrom(...tags), { maxLength: 3 }),
});
const number = fc.nat(90);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('add' as const), number, facts }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'touch' as const), number }) },
);

it('is what a Map in the order of use would be', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const directory = new Directory();
      const model = new Map<number, RowFacts>();
      for (const each of steps) {
        const before = model.get(each.number);
        if (each.kind === 'add') {
          const { size, createdAt, tags } = each.facts;
          directory.add(key(each.number), directory.groupNumber(each.facts), size, createdAt, tags);
          model.delete(each.number);
          model.set(each.number, each.facts);
        } else {
          expect(directory[each.kind](key(each.number))).toBe(before !== undefined);
          model.delete(each.number);
          if (each.kind === 'touch' && before !== undefined) model.set(each.number, before);
        }
      }
      const expected = [...model].map(([number, facts]) => [keyText(number), facts]);
      const listed = [...directory.oldestFirst()].map(([key, facts]) => [keyOf(key), facts]);
      expect(listed).toEqual(expected);
      for (const partition of partitions) {
        const newest = [...directory.newestFirst(partition)].map(([key, facts]) => [keyOf(key), facts]);
        expect(newest.reverse()).toEqual(
          expected.filter(([, facts]) => (facts as RowFacts).partition === partition),
        );
      }
      expect(directory.entries).toBe(model.size);
      expect(directory.bytes).toBe([...model.values()].reduce((sum, { size }) => sum + size, 0));
      for (let number = 0; number <= 90; number++) {
        expect(directory.has(key(number))).toBe(model.has(number));
        expect(directory.get(key(number))).toEqual(model.get(number));
        expect(directory.createdAt(key(number))).toBe(model.get(number)?.createdAt);
      }
      const numbersOf = (matches: (facts: RowFacts) => boolean) =>
        [...model].filter(([, facts]) => matches(facts)).map(([number]) => keyText(number));
      for (const partition of partitions) {
        for (const name of models) {
          const isMeant = (facts: RowFacts) => facts.partition === partition && facts.model === name;
          const chosen = (most?: number) =>
            directory
              .keysOf((group) => group.partition === partition && group.model === name, {
                matches: (createdAt) => createdAt < 5e14,
                ...(most === undefined ? {} : { most }),
              })
              .map(keyOf);
          const expected = numbersOf((facts) => isMeant(facts) && facts.createdAt < 5e14);
          expect(chosen().sort()).toEqual(expected.sort());
          expect(chosen(3)).toEqual(chosen().slice(0, 3));
          for (const asked of [[tags[0]!], [tags[1]!, tags[2]!], ['0123456789abcdef'], []]) {
            const tagged = directory.keysWithTags({ partition, model: name }, asked).map(keyOf);
            const expected = numbersOf(
              (facts) => isMeant(facts) && facts.tags.some((tag) => asked.includes(tag)),
            );
            expect(tagged.sort()).toEqual(expected.sort());
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});
