/** Made up; short enough a list that surnames meet now and then. */
export const GIVEN_NAMES = [
  'Ada',
  'Bo',
  'Cleo',
  'Dara',
  'Eli',
  'Fenn',
  'Gia',
  'Hal',
  'Ivo',
  'June',
  'Kit',
  'Lou',
  'Mae',
  'Nico',
];

const STARTS = [
  'Ash',
  'Brook',
  'Cold',
  'Dun',
  'Elm',
  'Fair',
  'Green',
  'Hart',
  'Iver',
  'Kirk',
  'Lang',
  'Mar',
  'North',
  'Oak',
  'Pen',
];
const ENDS = [
  'bury',
  'combe',
  'den',
  'field',
  'ford',
  'gate',
  'ham',
  'hurst',
  'ley',
  'more',
  'stead',
  'ton',
  'well',
  'wick',
];

export const FAMILY_NAMES = STARTS.flatMap((start) => ENDS.map((end) => start + end));
