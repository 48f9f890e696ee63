/** Names of nobody: common first and last names of many origins, put together at random. */
export const FIRST_NAMES = [
  'Adaeze', 'Aiko', 'Amara', 'Anders', 'Anika', 'Arturo', 'Astrid', 'Beatriz', 'Bilal', 'Callum', 'Camila', 'Chidi', 'Dalia', 'Deniz',
  'Devika', 'Elif', 'Emeka', 'Esme', 'Farid', 'Fiona', 'Gabriel', 'Hana', 'Hugo', 'Idris', 'Ilse', 'Imani', 'Ivo', 'Jamal', 'Jonas',
  'Kai', 'Kamala', 'Kenji', 'Lena', 'Leticia', 'Linh', 'Lucía', 'Malik', 'Marisol', 'Mateo', 'Mei', 'Milan', 'Nadia', 'Niamh', 'Noor',
  'Olamide', 'Oren', 'Paloma', 'Pilar', 'Priya', 'Quinn', 'Rafael', 'Rosalind', 'Rowan', 'Sanjay', 'Selma', 'Soren', 'Tala', 'Teo',
  'Thandiwe', 'Tomasz', 'Uma', 'Vera', 'Wes', 'Ximena', 'Yara', 'Yusuf', 'Zoë',
] as const;

export const LAST_NAMES = [
  'Abara', 'Alvarado', 'Ashby', 'Bakshi', 'Bergstrom', 'Brandvold', 'Castellanos', 'Chaudhri', 'Dang', 'Delacroix', 'Demir', 'Eze',
  'Farrow', 'Fitzgibbon', 'Garrido', 'Hallam', 'Haddad', 'Ishikawa', 'Jankowski', 'Kallstrom', 'Kaur', 'Kimathi', 'Lindqvist',
  'Mac Giolla', 'Maron', 'Mbeki-Lane', 'Moreno', 'Nakamura', 'Novák', 'O’Dowd', 'Okafor', 'Ortega', 'Pacheco', 'Petrov', 'Quispe',
  'Rahimi', 'Ramanathan', 'Rosenthal', 'Saavedra', 'Sol', 'Szabó', 'Tamm', 'Tran', 'Ueda', 'Vasquez', 'Whitlock', 'Xu', 'Yilmaz',
  'Zamora', 'Žukauskas',
] as const;

export const PRONOUNS = ['she/her', 'he/him', 'they/them', 'she/her', 'he/him', null] as const;

/** Clients live mostly near the practice, some elsewhere. */
export const CLIENT_ZONES = [
  'America/Los_Angeles', 'America/Los_Angeles', 'America/Los_Angeles', 'America/Los_Angeles', 'America/Los_Angeles',
  'America/Denver', 'America/Boise', 'America/Phoenix', 'America/Chicago', 'America/New_York', 'Pacific/Honolulu',
] as const;
