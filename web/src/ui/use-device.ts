import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { RunNotice } from '../state/run-notice';
import type { ThreadsState } from '../state/threads-state';

// What the page has of the device it runs on.
export interface Device {
  readonly notice: RunNotice;
  readonly threads: ThreadsState;
}

export const DeviceContext = createContext<Device | null>(null);

export function useDevice(): Device {
  const device = useContext(DeviceContext);
  if (!device) throw new Error('a component of the page stands outside of it');
  return device;
}
