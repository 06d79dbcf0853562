import type { NamedNumber, Origin } from '../../inspect/messages';
import { formatCount } from '../../state/format';
import { instantiated } from './instantiated';
import { plain } from './plain';
import { useInspect } from './use-inspect';

// The chosen number: what made it, with the numbers that went in, and what its gradient says.
export function NumberFacts() {
  const { numbers, place, pieces } = useInspect();
  const origin = numbers.origin.value;
  if (!origin || origin.tensor !== numbers.tensor.value) return null;
  const { rows } = numbers.shape.value;
  const of = rows > 1 ? pieces.value[numbers.row.value] : undefined;
  return (
    <div class="inside-number small" data-testid="number">
      <h4 aria-live="polite">
        <span class="mono">
          {place.value}[{rows > 1 ? `${numbers.row.value}, ` : ''}
          {numbers.column.value}] = <span data-testid="number-value">{plain(origin.value, 5)}</span>
        </span>
        {of !== undefined && <span class="muted">, at “{of}”</span>}
      </h4>
      <Formula origin={origin} />
      {origin.products.length > 0 && <Sum origin={origin} />}
      <Slope origin={origin} />
    </div>
  );
}

// The formula with the numbers in it, and what each of them is.
function Formula({ origin }: { origin: Origin }) {
  const { formula, inputs, value } = origin;
  if (formula === '') return null;
  return (
    <>
      <p class="mono inside-formula" data-testid="number-formula">
        {instantiated(formula, inputs)} = {plain(value, 5)}
      </p>
      {inputs.length === 0 ? (
        <p class="muted">No token sees what comes after it.</p>
      ) : (
        <dl class="inside-inputs">
          {inputs.map((input, i) => (
            <div key={i}>
              <dt>
                <Name of={input} />
              </dt>
              <dd class="mono">{plain(input.value, 5)}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

// The largest terms, and what all the others add.
function Sum({ origin }: { origin: Origin }) {
  const { products, others, othersSum, formula, inputs, value } = origin;
  const whole = formula === '' ? value : inputs[0]!.value;
  const alone = products.length === 1 && others === 0;
  return (
    <table class="inside-sum" data-testid="number-sum">
      <caption class="muted">
        {formula !== '' && <span class="mono">{inputs[0]!.name}</span>}
        {formula === '' && (alone ? 'It is taken as it is.' : 'It is a sum')}
        {formula !== '' && ' is a sum'}
        {others > 0 && `: the largest of its ${formatCount(products.length + others)} terms`}
      </caption>
      <tbody>
        {products.map(({ number, factor }, i) => (
          <tr key={i}>
            <th scope="row">
              <Name of={number} />
              {factor.name && <> × </>}
              {factor.name && <Name of={factor} />}
            </th>
            <td class="mono muted">
              {factor.name && `${plain(number.value)} × ${plain(factor.value)}`}
            </td>
            <td class="mono">{plain(number.value * factor.value, 5)}</td>
          </tr>
        ))}
        {others > 0 && (
          <tr>
            <th scope="row" class="muted">
              {formatCount(others)} more together
            </th>
            <td />
            <td class="mono" data-testid="number-others">
              {plain(othersSum, 5)}
            </td>
          </tr>
        )}
      </tbody>
      {!alone && (
        <tfoot>
          <tr>
            <th scope="row">sum</th>
            <td />
            <td class="mono">{plain(whole, 5)}</td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}

// A number of the anatomy can be gone to: where it came from in its turn.
function Name({ of: { name } }: { of: NamedNumber }) {
  const { numbers } = useInspect();
  if (!numbers.find(name)) return <span class="mono">{name}</span>;
  return (
    <button class="link mono" type="button" onClick={() => void numbers.follow(name)}>
      {name}
    </button>
  );
}

function Slope({ origin }: { origin: Origin }) {
  const { gradient, by, loss, lossWith } = origin;
  if (Number.isNaN(gradient)) {
    return (
      <p class="muted" data-testid="number-slope">
        Its op keeps it for itself: no gradient of it is taken.
      </p>
    );
  }
  const raise = `Raising it by ${by}`;
  const change = by * gradient;
  return (
    <p data-testid="number-slope">
      Its gradient is <span class="mono">{plain(gradient)}</span>.{' '}
      {gradient === 0 ? (
        `${raise} would not change the loss.`
      ) : (
        <>
          {raise} would {change < 0 ? 'lower' : 'raise'} the loss, {plain(loss, 5)}, by about{' '}
          <span class="mono" data-testid="number-promised">
            {plain(Math.abs(change))}
          </span>
          . Tried, with all that follows from it computed again: it{' '}
          {lossWith < loss ? 'falls' : 'rises'} by{' '}
          <span class="mono" data-testid="number-tried">
            {plain(Math.abs(lossWith - loss))}
          </span>
          .
        </>
      )}
    </p>
  );
}
