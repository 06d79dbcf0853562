import { formatCount, formatShare, NOTHING } from '../../state/format';
import { Trouble } from '../message/Message';
import { useApp } from '../use-app';
import { useInspect } from './use-inspect';

// A step's time by op, measured by the module that looks inside, on its one thread.
export function StepTime() {
  const { run } = useApp();
  const { memory: state } = useInspect();
  const profile = state.profile.value;
  const problem = state.problem.value;
  const busy = run.phase.value === 'running' || state.profiling.value;
  const total = profile?.ops.reduce((sum, { ms }) => sum + ms, 0) ?? 0;
  const ops = [...(profile?.ops ?? [])].sort((a, b) => b.ms - a.ms);
  return (
    <>
      {problem && <Trouble>{problem}</Trouble>}
      <p class="small muted">
        Steps of this recipe on random text, on one thread, in strict arithmetic.{' '}
        {run.phase.value === 'running' && 'Pause the run first: it would slow what is measured.'}
      </p>
      <button
        class="button"
        type="button"
        aria-disabled={busy}
        onClick={() => !busy && void state.measure()}
      >
        {state.profiling.value ? 'Measuring' : 'Profile a step'}
      </button>
      {profile && (
        <>
          <p class="small" role="status">
            A step takes{' '}
            <span class="mono" data-testid="step-ms">
              {profile.ms_per_step.toPrecision(3)}
            </span>{' '}
            ms on <span class="mono">{profile.threads}</span>{' '}
            {profile.threads === 1 ? 'thread' : 'threads'}:{' '}
            <span class="mono">{profile.gflops.toFixed(1)}</span> GFLOP/s,{' '}
            <span class="mono">{formatShare(profile.fraction_of_peak)}</span> of the{' '}
            <span class="mono">{profile.peak_gflops.toFixed(1)}</span> that this machine reaches in
            registers.
          </p>
          <div class="inside-scroll inside-tensors" tabIndex={0} role="group" aria-label="Ops">
            <table class="small mono" data-testid="ops">
              <thead>
                <tr>
                  <th scope="col">op</th>
                  <th scope="col">calls</th>
                  <th scope="col">ms</th>
                  <th scope="col">share</th>
                  <th scope="col">GFLOP/s</th>
                </tr>
              </thead>
              <tbody>
                {ops.map(({ op, calls, ms, gflops }) => (
                  <tr key={op}>
                    <th scope="row">{op}</th>
                    <td>{formatCount(calls)}</td>
                    <td>{ms.toFixed(3)}</td>
                    <td>
                      {formatShare(ms / total)}
                      <span
                        class="inside-bar-line"
                        style={{ transform: `scaleX(${ms / total})` }}
                      />
                    </td>
                    <td>{gflops > 0 ? gflops.toFixed(1) : NOTHING}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </>
  );
}
