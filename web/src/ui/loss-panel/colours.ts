const names = ['paper', 'ink', 'muted', 'hairline', 'accent', 'accent-soft'] as const;

export type Scheme = 'light' | 'dark';
export type ColourName = (typeof names)[number];
export type Colours = Readonly<Record<ColourName, string>> & {
  readonly font: { readonly family: string; readonly size: number };
};

// Colours as a canvas takes them: var() and light-dark() resolved by the browser for the theme in
// use.
export function resolveColours(colours: readonly string[]): string[] {
  const probe = document.createElement('span');
  document.body.append(probe);
  const resolved = colours.map((colour) => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return resolved;
}

// The page's tokens.
export function readColours(): Colours {
  const resolved = resolveColours(names.map((name) => `var(--${name})`));
  const colours = Object.fromEntries(names.map((name, i) => [name, resolved[i]!]));
  const root = getComputedStyle(document.documentElement);
  const font = {
    family: root.getPropertyValue('--mono').trim(),
    size: parseFloat(root.getPropertyValue('--small')),
  };
  return { ...(colours as Record<ColourName, string>), font };
}

// The same in the theme named: the page takes it for as long as it is read, which is not seen. On
// an element alone it would not do: the built style sheet settles the tokens at the root.
export function readColoursOf(scheme: Scheme): Colours {
  const { dataset } = document.documentElement;
  const { theme } = dataset;
  dataset.theme = scheme;
  const colours = readColours();
  if (theme === undefined) delete dataset.theme;
  else dataset.theme = theme;
  return colours;
}
