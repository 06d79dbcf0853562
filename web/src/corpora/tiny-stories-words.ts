export interface Animal {
  readonly kind: string;
  readonly names: readonly string[];
  readonly looks: readonly string[];
  readonly homes: readonly string[];
  readonly moves: string;
}

export const animals: readonly Animal[] = [
  {
    kind: 'fox',
    names: ['Rusty', 'Ember', 'Juniper'],
    looks: ['little', 'clever', 'red', 'quick'],
    homes: ['under the old oak', 'at the edge of the forest', 'in a den by the river'],
    moves: 'ran',
  },
  {
    kind: 'hare',
    names: ['Clover', 'Pip', 'Thistle'],
    looks: ['little', 'shy', 'quick', 'brown'],
    homes: ['in the long grass', 'on the green hill', 'beside the barley field'],
    moves: 'hopped',
  },
  {
    kind: 'owl',
    names: ['Luna', 'Oswin', 'Willow'],
    looks: ['wise', 'sleepy', 'grey', 'quiet'],
    homes: ['in a hollow tree', 'at the top of the barn', 'in the church tower'],
    moves: 'flew',
  },
  {
    kind: 'mouse',
    names: ['Dot', 'Crumb', 'Hazel'],
    looks: ['tiny', 'brave', 'grey', 'hungry'],
    homes: ['behind the stove', 'in a teapot', 'under the kitchen floor'],
    moves: 'scurried',
  },
  {
    kind: 'frog',
    names: ['Moss', 'Fern', 'Bubble'],
    looks: ['green', 'cheerful', 'round', 'little'],
    homes: ['on a lily leaf', 'by the quiet pond', 'under the wooden bridge'],
    moves: 'leapt',
  },
  {
    kind: 'bear',
    names: ['Bruno', 'Honey', 'Maple'],
    looks: ['big', 'gentle', 'sleepy', 'kind'],
    homes: ['in a warm cave', 'on the far side of the mountain', 'among the tall pines'],
    moves: 'walked',
  },
];

export const friends = [
  'the old goat',
  'the little hen',
  'the grey goose',
  'the snail',
  'the hedgehog',
  'the baker',
  'the miller',
  'the white horse',
] as const;

export const things = [
  'a red boat',
  'a blue kite',
  'a silver bell',
  'a golden key',
  'a round stone',
  'a green lantern',
  'a wooden drum',
  'a warm scarf',
  'a yellow balloon',
  'an apple pie',
  'an old map',
] as const;

export const places = [
  'in the garden',
  'by the well',
  'near the mill',
  'in the tall grass',
  'behind the barn',
  'at the market',
  'on the beach',
  'in the snow',
] as const;

export const times = [
  'One day',
  'That morning',
  'In the evening',
  'On Sunday',
  'That night',
] as const;

export const weathers = [
  'the sun was warm',
  'it rained and rained',
  'the first snow fell',
  'the wind sang in the trees',
  'the stars were bright',
  'a mist lay over the fields',
] as const;

export const sights = [
  'the slow river',
  'the white clouds',
  'the stars',
  'the boats in the harbour',
  'the bees in the clover',
  'the rain on the pond',
] as const;
