import { Trouble } from '../message/Message';
import { useApp } from '../use-app';

// What a person should know before the next press: trouble with a file, a recipe that is not the
// run's, and what can be undone.
export function Notes() {
  const app = useApp();
  const { keeper, run, undo } = app;
  const differs = app.differs.value && run.phase.value !== 'running';
  const taken = undo.last.value;
  return (
    <div class="notes small">
      {keeper.error.value && <Trouble>{keeper.error.value.message}</Trouble>}
      {keeper.busy.value && <p class="muted">{keeper.busy.value} …</p>}
      {differs && (
        <p>
          These settings are not the run’s; Train begins a new one.{' '}
          <button class="link" type="button" onClick={() => app.returnToRun()}>
            Back to the run’s
          </button>
        </p>
      )}
      {taken && (
        <p role="status">
          {taken.label}{' '}
          <button class="link" type="button" onClick={() => void undo.take()}>
            Undo
          </button>
        </p>
      )}
    </div>
  );
}
