const list = (words: string): readonly string[] => words.split(' ');

/** Values of firstName(). */
export const firstNames = list(
  'Ada Alan Amara Anna Ben Carla Chen Clara David Elena Emil Fatima Felix Grace Hanna Hugo Ines Ivan Jonas Julia Kofi Lea Liam Lin Maria Marco Mia Noah Olga Omar Paul Priya Rosa Sara Tom Yuki',
);

/** Values of lastName(). */
export const lastNames = list(
  'Abe Ali Andersen Bauer Becker Brown Chen Costa Dubois Evans Fischer Garcia Haas Hansen Ito Jones Khan Kim Klein Kowalski Lang Lopez Martin Meyer Novak Okafor Patel Rossi Sato Schmidt Silva Smith Sommer Tanaka Weber Wolf',
);

/** Values of city(). */
export const cities = [
  ...list(
    'Amsterdam Athens Auckland Berlin Bern Bogota Boston Cairo Chicago Dublin Hamburg Helsinki Istanbul Kyoto Lagos Lima Lisbon London Madrid Melbourne Montreal Mumbai Nairobi Oslo Paris Prague Rome Seattle Seoul Stockholm Tokyo Toronto Vienna Warsaw',
  ),
  'Cape Town',
  'New York',
];

/** Values of word(). */
export const words = list(
  'amber anchor apple arrow beacon bridge cedar cloud copper coral delta ember engine falcon forest garden harbor island jasmine lantern maple meadow meteor mirror nectar ocean pebble pine quartz river saddle silver summit thunder valley willow',
);
