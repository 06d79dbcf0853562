import { useSignalEffect } from '@preact/signals';
import { useApp } from '../use-app';
import { tabIcon, tabTitle } from './tab-mark';

// Lets the tab's title and icon follow the run, also while nobody looks at the page.
export function useTab(): void {
  const { run } = useApp();
  useSignalEffect(() => {
    const title = tabTitle(run.phase.value, run.progress.value);
    if (document.title !== title) document.title = title;
  });
  useSignalEffect(() => {
    const address = tabIcon(run.phase.value, run.progress.value);
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (link && link.href !== address) link.href = address;
  });
}
