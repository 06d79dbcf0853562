import { formatCount, formatShare, NOTHING } from '../../state/format';
import type { Health, HealthHead } from '../../inspect/health';
import { headName } from './names';

// Every head by how far its attention spreads.
export function HealthHeads({ health }: { health: Health }) {
  const { heads, mlps, passages, together } = health;
  const perLayer = heads.length / mlps.length;
  return (
    <>
      <p class="small muted">
        The entropy of a head’s attention in nats, and its share of the most there can be, ln of the
        positions seen: the mean over <span class="mono">{formatCount(passages)}</span>{' '}
        {passages === 1 ? 'passage' : 'passages'} of{' '}
        <span class="mono">{formatCount(together)}</span> tokens.
      </p>
      <div class="inside-scroll" tabIndex={0} role="group" aria-label="Entropy of each head">
        <table class="small mono inside-entropies" data-testid="entropies">
          <thead>
            <tr>
              <th scope="col">layer</th>
              {heads.slice(0, perLayer).map(({ head }) => (
                <th key={head} scope="col">
                  head {head + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {mlps.map(({ layer }) => (
              <tr key={layer}>
                <th scope="row">{layer + 1}</th>
                {heads.slice(layer * perLayer, (layer + 1) * perLayer).map((head) => (
                  <Cell key={head.head} of={head} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="small muted inside-healthy">
        Healthy heads begin near 100 %, looking everywhere alike, and come to differ as they learn
        where to look. One that falls to nothing looks at a single token whatever the text: an
        entropy that collapses goes with a training that becomes unstable (Zhai et al., “Stabilizing
        transformer training by preventing attention entropy collapse”, 2023).
      </p>
    </>
  );
}

function Cell({ of }: { of: HealthHead }) {
  const { entropy, fraction } = of;
  return (
    <td title={headName(of)}>
      {entropy === null ? NOTHING : entropy.toFixed(3)}{' '}
      <span class="muted inside-entropy-share">
        {fraction === null ? '' : formatShare(fraction)}
      </span>
      <span class="inside-bar-line" style={{ transform: `scaleX(${fraction ?? 0})` }} />
    </td>
  );
}
