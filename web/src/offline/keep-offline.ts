import { OneTry, shouldReload } from './isolation';
import { USE_NOW } from './messages';

export interface PageInHand {
  busy(): boolean; // with a run
  touched(): boolean; // as watchTouch() tells
  offerVersion(use: () => void): void; // a newer version is there and waits
}

// Registers the service worker, which makes the page work offline, and with threads on a host that
// sends no headers. Where that cannot be, the page works as it is, and nothing is said.
export async function keepOffline(page: PageInHand): Promise<void> {
  const framed = window.top !== window;
  if (!('serviceWorker' in navigator) || framed) return;
  const guard = new OneTry(() => sessionStorage);
  if (crossOriginIsolated) guard.clear();
  try {
    const address = new URL('service-worker.js', document.baseURI);
    const registration = await navigator.serviceWorker.register(address, {
      updateViaCache: 'none',
    });
    watchVersions(registration, page);
    await navigator.serviceWorker.ready;
    const standing = {
      isolated: crossOriginIsolated,
      framed,
      untouched: !page.touched() && !page.busy(),
      triedBefore: guard.read(),
    };
    if (shouldReload(standing) && guard.mark()) location.reload();
  } catch {
    // A private window, or a browser that is told to keep nothing.
  }
}

function watchVersions(registration: ServiceWorkerRegistration, page: PageInHand): void {
  const offer = () => page.offerVersion(() => useWaiting(registration));
  if (registration.active && registration.waiting) offer();
  registration.addEventListener('updatefound', () => {
    const { active, installing } = registration;
    if (!active) return; // the first one
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed') offer();
    });
  });
}

function useWaiting({ waiting }: ServiceWorkerRegistration): void {
  if (!waiting) return location.reload(); // another tab has asked for it
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
    once: true,
  });
  waiting.postMessage(USE_NOW);
}

// Whether anything was done on the page since.
export function watchTouch(): () => boolean {
  let touched = false;
  const touch = () => (touched = true);
  for (const type of ['pointerdown', 'keydown', 'dragenter']) {
    addEventListener(type, touch, { once: true, capture: true });
  }
  return () => touched;
}
