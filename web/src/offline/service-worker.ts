// The service worker: keeps the page's files, so that it opens without a network, and serves them
// with the headers that threads need, whatever the host sends. A new version waits until the last
// tab with the old one is closed, or a tab asks for it.
import { USE_NOW } from './messages';
import { Stock, type BuiltFiles } from './stock';

declare const BUILT_FILES: BuiltFiles; // the build writes it in

const scope = self as unknown as ServiceWorkerGlobalScope;
const stock = new Stock(caches, BUILT_FILES, scope.registration.scope);

scope.addEventListener('install', (event) => event.waitUntil(stock.fill()));
scope.addEventListener('activate', (event) => event.waitUntil(takeOver()));
scope.addEventListener('fetch', (event) => {
  const path = stock.pathOf(event.request);
  if (path !== null) event.respondWith(stock.give(path, event.request));
});
scope.addEventListener('message', ({ data }) => {
  if (data === USE_NOW) void scope.skipWaiting();
});
scope.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(bringToFront());
});

async function takeOver(): Promise<void> {
  // Not waited for: Firefox answers when every worker has, and threads of the engine that sleep never
  // do. Until a worker has taken over no page is opened.
  void scope.clients.claim();
  // Other tabs may still need the files of the version before; the next one tidies up then.
  const tabs = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (tabs.length <= 1) await stock.tidy();
}

async function bringToFront(): Promise<void> {
  const [tab] = await scope.clients.matchAll({ type: 'window' });
  await (tab ? tab.focus() : scope.clients.openWindow('./'));
}
