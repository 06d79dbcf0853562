const names = ['paper', 'ink', 'muted', 'hairline', 'accent', 'accent-soft'] as const;

export type Scheme = 'light' | 'dark';
export type ColourName = (typeof names)[number];
export type Colours = Readonly<Record<ColourName, string>> & {
  readonly font: { readonly family: string; readonly size: number };
};

// Colours as a canvas takes them: var() and light-dark() resolved by the browser for the theme in
// use, or for the one named.
export function resolveColours(colours: readonly string[], scheme?: Scheme): string[] {
  const probe = document.createElement('span');
  if (scheme) probe.style.colorScheme = scheme;
  document.body.append(probe);
  const resolved = colours.map((colour) => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return resolved;
}

// The page's tokens.
export function readColours(scheme?: Scheme): Colours {
  const resolved = resolveColours(
    names.map((name) => `var(--${name})`),
    scheme,
  );
  const colours = Object.fromEntries(names.map((name, i) => [name, resolved[i]!]));
  const root = getComputedStyle(document.documentElement);
  const font = {
    family: root.getPropertyValue('--mono').trim(),
    size: parseFloat(root.getPropertyValue('--small')),
  };
  return { ...(colours as Record<ColourName, string>), font };
}
