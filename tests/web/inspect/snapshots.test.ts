import { expect, it } from 'vitest';
import { Snapshots } from '../../../web/src/inspect/snapshots';

const at = (step: number, numbers = 4) => ({ step, maps: [new Float32Array(numbers).fill(step)] });
const steps = ({ all }: Snapshots) => all.value.map(({ step }) => step);

it('a dozen are kept, the first and the newest among them, spread over the training', () => {
  const snapshots = new Snapshots();
  for (let step = 0; step <= 3000; step += 100) snapshots.add('text', at(step));
  const kept = steps(snapshots);
  expect(kept).toHaveLength(12);
  expect([kept[0], kept.at(-1)]).toEqual([0, 3000]);
  const gaps = kept.slice(1).map((step, i) => step - kept[i]!);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(500);
  expect(snapshots.shown.value!.maps[0]![0]).toBe(3000);
  snapshots.chosen.value = 0;
  expect(snapshots.shown.value!.step).toBe(0);
  snapshots.add('text', at(3100));
  expect(snapshots.shown.value!.step).toBe(0); // looked at, it stays
});

it('another text begins anew, and so does another run', () => {
  const snapshots = new Snapshots();
  for (const step of [0, 100, 200]) snapshots.add('text', at(step));
  snapshots.chosen.value = 1;
  snapshots.add('text', at(100)); // gone back
  expect(steps(snapshots)).toEqual([0, 100]);
  expect(snapshots.chosen.value).toBeNull();
  snapshots.add('other', at(300));
  expect(steps(snapshots)).toEqual([300]);
});

it('fewer are kept of what is large', () => {
  const snapshots = new Snapshots();
  for (const step of [0, 1, 2, 3, 4]) snapshots.add('text', at(step, 3_000_000));
  expect(steps(snapshots)).toEqual([0, 4]);
  snapshots.add('text', at(5, 9_000_000));
  expect(steps(snapshots)).toEqual([5]);
});
