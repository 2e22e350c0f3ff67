/** What signal processing estimates; the rest is another stem. */
export const signalEstimates = ['vocals', 'drums', 'bass'] as const;
