// Very short stories from a small grammar: few words, short sentences, and threads that run through
// a story (its animal, its thing, where it lies), so that a tiny model has something to learn at
// every level from letters to plot.
import { Random } from './random';
import {
  animals,
  friends,
  places,
  sights,
  things,
  times,
  weathers,
  type Animal,
} from './tiny-stories-words';

interface Story {
  readonly hero: Animal;
  readonly name: string;
  readonly friend: string;
  readonly thing: string;
  readonly place: string;
}

type Scene = (story: Story, random: Random) => string;

const wants: Scene[] = [
  ({ hero, name, thing }) => `${name} the ${hero.kind} had ${thing}. ${name} took it everywhere.`,
  ({ name, thing }) => `${name} wanted ${thing} more than anything in the world.`,
  ({ name, thing, friend }) => `One morning ${friend} gave ${name} ${thing}.`,
  ({ name, thing, place }) => `Under a leaf ${place} ${name} found ${thing}.`,
];

const troubles: Scene[] = [
  ({ name, thing }) => `But the wind took ${the(thing)} away, and ${name} began to cry.`,
  ({ name, thing, place }) => `Then ${name} lost ${the(thing)} ${place}.`,
  ({ thing, name }) => `Soon ${the(thing)} broke in two, and ${name} did not know what to do.`,
  ({ name, hero }) =>
    `But it was dark, and the little ${hero.kind} could not see the way. ${name} was afraid.`,
  ({ name, friend }) => `But ${friend} was sad that day and would not play. ${name} wondered why.`,
];

const turns: Scene[] = [
  ({ friend, thing }) =>
    `"Do not worry," said ${friend}. "We will look for ${the(thing)} together."`,
  ({ friend, name }) => `"I can help you, ${name}," said ${friend}. "Two are better than one."`,
  ({ name, friend }) => `"Will you help me?" asked ${name}. "Of course I will," said ${friend}.`,
  ({ hero, name }) =>
    `So ${name} ${hero.moves} as fast as ${a(hero.kind)} can, up the hill and down again.`,
  ({ name, friend }, random) =>
    `${name} and ${friend} sat down and looked at ${random.pick(sights)}.`,
];

const ends: Scene[] = [
  ({ name, friend }) =>
    `At last all was well, and ${name} and ${friend} laughed until the moon came up.`,
  ({ thing, name }) =>
    `There was ${the(thing)}, just where ${name} had left it! ${name} was very happy.`,
  ({ name, friend, thing }) =>
    `${name} shared ${the(thing)} with ${friend}, and they were friends for ever.`,
  ({ name, hero }) => `Then ${name} went home and slept, as every good ${hero.kind} does.`,
  ({ friend, name }) =>
    `"Thank you," said ${name}. "That is what friends are for," said ${friend}.`,
];

function a(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

// "a red boat" once it is known: "the red boat".
function the(thing: string): string {
  return thing.replace(/^an? /, 'the ');
}

function tellStory(random: Random): string {
  const hero = random.pick(animals);
  const story: Story = {
    hero,
    name: random.pick(hero.names),
    friend: random.pick(friends),
    thing: random.pick(things),
    place: random.pick(places),
  };
  const opening =
    `Once there was a ${random.pick(hero.looks)} ${hero.kind} called ${story.name}, ` +
    `who lived ${random.pick(hero.homes)}.`;
  const weather = `${random.pick(times)} ${random.pick(weathers)}.`;
  const sentences = [opening];
  if (random.chance(0.6)) sentences.push(weather);
  sentences.push(random.pick(wants)(story, random));
  sentences.push(random.pick(troubles)(story, random));
  sentences.push(random.pick(turns)(story, random));
  if (random.chance(0.4)) sentences.push(random.pick(turns)(story, random));
  sentences.push(random.pick(ends)(story, random));
  return sentences.join(' ');
}

// Without end; the same seed tells the same ones.
export function* stories(seed: number): Generator<string> {
  const random = new Random(seed);
  for (;;) yield `${tellStory(random)}\n\n`;
}
