import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { InspectState } from '../../inspect/inspect-state';

export const InspectContext = createContext<InspectState | null>(null);

export function useInspect(): InspectState {
  const state = useContext(InspectContext);
  if (!state) throw new Error('a component that looks inside stands outside of its panel');
  return state;
}
