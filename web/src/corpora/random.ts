// A small seeded generator for making texts: Marsaglia's xorshift (2003) with the shifts 13, 17, 5.
// Nothing of training draws from it; the engine has its own.
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed, 0x9e3779b1) | 1; // spread over all bits, and never zero
    for (let i = 0; i < 8; i++) this.next();
  }

  // Uniform in [0, 1).
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return (x >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  // A whole number from 0 to `most`, both included.
  upTo(most: number): number {
    return Math.floor(this.next() * (most + 1));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.upTo(choices.length - 1)]!;
  }
}
