// Measures everyone in turn, round after round, so that a noisy machine hits all alike; medians.

/**
 * Each second round goes backwards, so that a drift favours nobody.
 * @param contestants a list of {measure(recipe, seconds)}
 * @returns {Promise<Map>} contestant -> {runs: a result a round} or {refused: why not}
 */
export async function runRounds(contestants, rounds, measure) {
  const outcomes = new Map(contestants.map((contestant) => [contestant, { runs: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? contestants : contestants.toReversed();
    for (const contestant of order) {
      const outcome = outcomes.get(contestant);
      if (outcome.refused) continue;
      const { result, refused } = await measure(contestant, round);
      if (refused) outcomes.set(contestant, { refused });
      else outcome.runs.push(result);
    }
  }
  return outcomes;
}

/** Others between ours, as evenly as they go: whoever is compared runs soon after the other. */
export function interleave(ours, others) {
  const mixed = [];
  ours.forEach((one, i) => {
    mixed.push(one);
    const upTo = Math.round(((i + 1) * others.length) / ours.length);
    while (mixed.length < i + 1 + upTo) mixed.push(others[mixed.length - i - 1]);
  });
  return mixed;
}

export function median(numbers) {
  const sorted = [...numbers].sort((x, y) => x - y);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** How many times as long the first takes as the second, round by round: the median. */
export const pairRatio = (runs, others) =>
  median(runs.map((run, i) => run.ms_per_step / others[i].ms_per_step));
