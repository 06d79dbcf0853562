// Addresses of this page, without what its own query says.
const page = () => `${location.origin}${location.pathname}`;

// As people write it.
export function pageName(): string {
  return `${location.host}${location.pathname}`.replace(/\/(index\.html)?$/, '');
}

export function linkTo(fragment: string): string {
  return `${page()}#${fragment}`;
}

export function embedLinkTo(fragment: string): string {
  return `${page()}?embed=1#${fragment}`;
}

export function isEmbedded(search: string): boolean {
  return new URLSearchParams(search).get('embed') === '1';
}

// What a page of somebody's own takes to show the link. The two are written into attributes.
export function embedSnippet(fragment: string, title: string): string {
  return (
    `<iframe src="${attribute(embedLinkTo(fragment))}" title="${attribute(title)}" ` +
    'width="760" height="420" style="border: 0" loading="lazy"></iframe>'
  );
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
