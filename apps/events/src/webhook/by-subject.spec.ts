import { expect, it } from '@jest/globals';
import { bySubject } from './by-subject.js';

const items = [
  { bank_id: 'b', subject: 'one', number: 1 },
  { bank_id: 'b', subject: 'two', number: 2 },
  { bank_id: 'b', subject: 'one', number: 3 },
  { bank_id: 'b', subject: 'one', number: 4 },
  { bank_id: 'b', subject: 'two', number: 5 },
];

it('the order of each subject is kept, and a failure leaves only its own later items', async () => {
  const done: number[] = [];
  const left = await bySubject(items, 2, async ({ number }) => {
    if (number === 3) return false;
    await new Promise((resolve) => setTimeout(resolve, number === 2 ? 20 : 1));
    done.push(number);
    return true;
  });
  expect(done).toEqual([1, 2, 5]);
  expect(left.map(({ number }) => number)).toEqual([4]);
});

it('no more than the allowed number are worked on at the same time', async () => {
  let running = 0;
  let most = 0;
  const many = Array.from({ length: 50 }, (_, number) => ({ bank_id: 'b', subject: String(number), number }));
  await bySubject(many, 8, async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
    return true;
  });
  expect(most).toBe(8);
});
