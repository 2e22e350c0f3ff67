/** Colours by name, besides `#rgb` and `#rrggbb`. */
export const colourNames: readonly string[] = [
  'white',
  'black',
  'gray',
  'red',
  'green',
  'blue',
  'yellow',
  'orange',
  'pink',
  'purple',
];

/** What may stand behind a picture: a colour, or `transparent`. */
export const backgroundPattern = `^(transparent|${colourNames.join('|')}|#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6})$`;

/** The same for people: completes "What is put behind it: …". */
export const backgroundChoice = `transparent, ${colourNames.join(', ')}, #rgb or #rrggbb`;
