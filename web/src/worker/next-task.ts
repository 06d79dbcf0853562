export type Task = 'evaluate' | 'sample' | 'step' | 'finish';

export interface Standing {
  readonly evaluationDue: boolean; // by the engine's schedule
  readonly sampleDue: boolean;
  readonly finished: boolean; // the schedule's last step is done
}

// What a running run does next: what is due at this step, and then the next one.
export function nextTask({ evaluationDue, sampleDue, finished }: Standing): Task {
  if (evaluationDue) return 'evaluate';
  if (sampleDue) return 'sample';
  return finished ? 'finish' : 'step';
}
