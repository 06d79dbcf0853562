import { formatCount, formatRate } from '../../state/format';
import { FAULTS, type Fault } from '../../inspect/messages';
import { Trouble } from '../message/Message';
import { FaultyTraining } from './FaultyTraining';
import { useInspect } from './use-inspect';
import { VCurve } from './VCurve';

const faultWords: Readonly<Record<Fault, string>> = {
  none: 'none: the engine as it trains',
  softmax: 'drop a term of softmax’s Jacobian',
  residual: 'forget the residual stream',
};

const TOLERANCE =
  'In float every operation rounds. The reference was run four times in double with each operation ' +
  'off by a random rounding; eight times the largest scatter seen in a tensor, at float’s unit ' +
  'roundoff 2⁻²⁴, is what its gradient may be off. It is measured on these weights and this text.';

// The gradient check on this architecture, these weights and this text, and what a mistake does to it.
export function Gradients() {
  const { gradients: state } = useInspect();
  const problem = state.problem.value;
  return (
    <div class="inside-gradients">
      {problem && <Trouble>{problem}</Trouble>}
      <section aria-labelledby="inside-proof-title">
        <h3 id="inside-proof-title">Every gradient, against the reference</h3>
        <Verdict />
        <FaultChoice />
        <Tensors />
      </section>
      <section aria-labelledby="inside-v-title">
        <h3 id="inside-v-title">Against finite differences</h3>
        <VCurve />
        <h3>What the mistake costs a training</h3>
        <FaultyTraining />
      </section>
    </div>
  );
}

function Verdict() {
  const { gradients: state } = useInspect();
  const left = state.samplesLeft.value;
  const all = state.tensors.value.length;
  const failed = state.failed.value;
  if (left !== 0) {
    return (
      <p class="small muted" role="status">
        {left === null
          ? 'Working out every gradient twice, in float and in double.'
          : `Measuring how far rounding reaches: ${formatCount(left)} more runs of the reference.`}
      </p>
    );
  }
  return (
    <p class={failed > 0 ? 'small trouble' : 'small'} role="status" data-testid="verdict">
      {failed > 0
        ? `${failed} of ${all} tensors fail: the mistake is caught.`
        : `All ${all} tensors pass`}
      {failed === 0 && (
        <span class="muted">
          , on the first <span class="mono">{state.tokens.value}</span> tokens of the text.
        </span>
      )}
    </p>
  );
}

function FaultChoice() {
  const { gradients: state } = useInspect();
  return (
    <fieldset class="inside-faults small">
      <legend class="muted">A mistake in the backward pass, here only</legend>
      {FAULTS.map((fault) => (
        <label key={fault}>
          <input
            type="radio"
            name="inside-fault"
            checked={state.fault.value === fault}
            onChange={() => void state.setFault(fault)}
          />{' '}
          {faultWords[fault]}
        </label>
      ))}
    </fieldset>
  );
}

function Tensors() {
  const { gradients: state } = useInspect();
  const chosen = state.tensor.value;
  const tensors = state.tensors.value;
  if (tensors.length === 0) return null;
  return (
    <div class="inside-scroll inside-tensors" tabIndex={0} role="group" aria-label="Tensors">
      <table class="small mono" data-testid="tensors">
        <thead>
          <tr>
            <th scope="col">tensor</th>
            <th scope="col">shape</th>
            <th scope="col">off by</th>
            <th scope="col" title={TOLERANCE}>
              may be
            </th>
            <th scope="col">verdict</th>
          </tr>
        </thead>
        <tbody>
          {tensors.map(({ name, rows, cols, relativeError, tolerance, pass }, i) => (
            <tr key={name} class={i === chosen ? 'inside-tensor-at' : ''}>
              <th scope="row">
                <button
                  class="link"
                  type="button"
                  aria-pressed={i === chosen}
                  onClick={() => void state.choose(i)}
                >
                  {name}
                </button>
              </th>
              <td>
                {rows === 1 ? formatCount(cols) : `${formatCount(rows)} × ${formatCount(cols)}`}
              </td>
              <td>{formatRate(relativeError)}</td>
              <td title={TOLERANCE}>{formatRate(tolerance)}</td>
              <td class={pass ? '' : 'trouble'}>{pass ? 'pass' : 'fails'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <details class="small inside-tolerance">
        <summary>Where “may be” comes from</summary>
        <p class="muted">{TOLERANCE}</p>
      </details>
    </div>
  );
}
