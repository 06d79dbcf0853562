// What a page says to a service worker that waits to take over.
export const USE_NOW = 'use-now';
