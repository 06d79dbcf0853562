import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { fromBase64url, toBase64url } from '../../../web/src/share/base64url';
import { deflate, inflate } from '../../../web/src/share/deflate';

const bytesOf = (bytes: Uint8Array) => new Uint8Array(bytes);

describe('base64url', () => {
  it('gives back any bytes, in letters that an address takes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100_000 }), (bytes) => {
        const text = toBase64url(bytes);
        expect(text).toMatch(/^[A-Za-z0-9_-]*$/);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64url(text)).toEqual(bytes);
      }),
    );
  });

  it.each(['A', 'AB', 'AAAAB', 'AA==', 'A+/A', 'AA A', 'é', '\0\0\0\0'])(
    'takes nothing else: "%s"',
    (text) => expect(fromBase64url(text)).toBeNull(),
  );
});

describe('inflate', () => {
  it('gives back what was deflated', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 20_000 }), async (bytes) => {
        const packed = await deflate(bytesOf(bytes));
        expect(await inflate(packed, bytes.length)).toEqual(bytes);
      }),
    );
  });

  it('refuses one byte more than is allowed', async () => {
    const packed = await deflate(new Uint8Array(1000));
    expect(await inflate(packed, 1000)).toHaveLength(1000);
    expect(await inflate(packed, 999)).toBeNull();
  });

  it('refuses what is cut short or was never deflated', async () => {
    const packed = await deflate(new TextEncoder().encode('Once the fox had a red boat.'));
    for (let length = 0; length < packed.length; length++) {
      expect(await inflate(packed.slice(0, length), 1000)).toBeNull();
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
        const inflated = await inflate(bytesOf(bytes), 10_000);
        expect(inflated?.length ?? 0).toBeLessThanOrEqual(10_000);
      }),
    );
  });

  // A gigabyte of zeros in a megabyte: no more of it is made than the limit and a piece's worth.
  it('stops a bomb before it goes off', async () => {
    const megabytes = 256;
    const bomb = bytesOf(deflateRawSync(Buffer.alloc(megabytes << 20)));
    const reads = vi.spyOn(ReadableStreamDefaultReader.prototype, 'read');
    expect(await inflate(bomb, 100_000)).toBeNull();
    const pieces = await Promise.all(
      reads.mock.results.map(({ value }) => value as Promise<{ value?: Uint8Array }>),
    );
    reads.mockRestore();
    const made = pieces.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    expect(made).toBeGreaterThan(100_000);
    expect(made).toBeLessThan(1_000_000);
  });
});
