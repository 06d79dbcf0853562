import { formatCount } from '../../state/format';
import { listed } from '../../state/words';
import { KeptNotes } from '../kept-notes/KeptNotes';
import { Trouble } from '../message/Message';
import { useApp } from '../use-app';

// What a person should know before the next press: trouble with a file, a recipe that is not the
// run's, what the browser keeps, and what can be undone.
export function Notes() {
  const app = useApp();
  const { keeper, run, undo } = app;
  const running = run.phase.value === 'running';
  const changes = app.control.changes.value;
  const differs = app.control.differs.value && !running && changes.length === 0;
  const taken = undo.last.value;
  return (
    <div class="notes small">
      <KeptNotes />
      {keeper.error.value && <Trouble>{keeper.error.value.message}</Trouble>}
      {keeper.busy.value && <p class="muted">{keeper.busy.value} …</p>}
      {changes.length > 0 && <Changes names={changes} running={running} />}
      {differs && (
        <p>
          These settings are not the run’s; Train begins a new one.{' '}
          <button class="link" type="button" onClick={() => app.control.returnToRun()}>
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

// What the run at hand can take over, and when it does.
function Changes({ names, running }: { names: readonly string[]; running: boolean }) {
  const app = useApp();
  const recipe = app.recipe.recipe.value;
  if (!recipe) return null;
  const next = formatCount(app.run.step.value + 1);
  return (
    <p>
      {listed(names, recipe)}:{' '}
      {running ? (
        <button class="link" type="button" onClick={() => void app.control.takeChanges()}>
          use from the next step on
        </button>
      ) : (
        <>
          Resume uses that from step {next} on.{' '}
          <button class="link" type="button" onClick={() => void app.control.trainAnew()}>
            Train anew instead
          </button>
        </>
      )}{' '}
      <button class="link" type="button" onClick={() => app.control.returnToRun()}>
        Back to the run’s
      </button>
    </p>
  );
}
