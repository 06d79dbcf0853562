const names = ['paper', 'ink', 'muted', 'hairline', 'accent'] as const;

export type ColourName = (typeof names)[number];
export type Colours = Readonly<Record<ColourName, string>> & {
  readonly font: { readonly family: string; readonly size: number };
};

// The tokens as a canvas takes them: light-dark() resolved by the browser for the theme in use.
export function readColours(): Colours {
  const probe = document.createElement('span');
  document.body.append(probe);
  const resolve = (name: ColourName) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = Object.fromEntries(names.map((name) => [name, resolve(name)]));
  probe.remove();
  const root = getComputedStyle(document.documentElement);
  const font = {
    family: root.getPropertyValue('--mono').trim(),
    size: parseFloat(root.getPropertyValue('--small')),
  };
  return { ...(colours as Record<ColourName, string>), font };
}
