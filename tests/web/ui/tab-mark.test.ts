import { describe, expect, it } from 'vitest';
import { tabIcon, tabTitle } from '../../../web/src/ui/tab/tab-mark';

describe('the title of the tab', () => {
  it.each([
    ['none', 'Clearformer'],
    ['starting', 'Clearformer'],
    ['running', '42 % – Clearformer'],
    ['paused', 'paused at 42 % – Clearformer'],
    ['done', 'done – Clearformer'],
    ['failed', 'stopped – Clearformer'],
  ] as const)('while %s is “%s”', (phase, title) => {
    expect(tabTitle(phase, 0.42)).toBe(title);
  });
});

describe('the icon of the tab', () => {
  const svg = (...args: Parameters<typeof tabIcon>) =>
    decodeURIComponent(tabIcon(...args).replace('data:image/svg+xml,', ''));

  it('has its curve drawn as far as the run is', () => {
    expect(svg('running', 0.42)).toContain('stroke-dasharray="0.42 1"');
    expect(svg('paused', 0.5)).toContain('stroke-dasharray="0.50 1"');
    expect(svg('running', 0.42).match(/<path/g)).toHaveLength(2);
  });

  it('is whole before a run and after it', () => {
    expect(svg('none', 0)).not.toContain('dasharray');
    expect(svg('done', 1)).toBe(svg('none', 0));
  });

  it('changes no more than a hundred times in a run', () => {
    const icons = new Set(Array.from({ length: 5000 }, (_, i) => tabIcon('running', i / 5000)));
    expect(icons.size).toBeLessThanOrEqual(101);
  });
});
