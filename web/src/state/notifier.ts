// The browser's notifications, as much of them as is used.
export interface Notifier {
  readonly permission: () => NotificationPermission;
  readonly ask: () => Promise<NotificationPermission>;
  readonly show: (title: string, body: string) => void;
}

// Null where there are none: on an iPhone until the page is installed.
export function browserNotifier(scope: typeof globalThis): Notifier | null {
  const { Notification, navigator } = scope;
  if (!Notification) return null;
  return {
    permission: () => Notification.permission,
    ask: () => Notification.requestPermission(),
    show: (title, body) => void show(title, body, navigator.serviceWorker),
  };
}

// Phones show only what a service worker asks for; it also brings the tab to the front when pressed.
async function show(
  title: string,
  body: string,
  workers: ServiceWorkerContainer | undefined,
): Promise<void> {
  const registration = await workers?.getRegistration().catch(() => undefined);
  if (registration?.active) return registration.showNotification(title, { body });
  const notification = new Notification(title, { body });
  notification.onclick = () => window.focus();
}
