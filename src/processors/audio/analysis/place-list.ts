import type { Place } from './analysis.ts';

/** The foremost places of any number, in bounded memory. */
export interface PlaceList<P extends Place> {
  add(place: P): void;
  /** Those that are kept, in the order of time. */
  inOrder(): P[];
}

/** @param rank the higher, the sooner it is kept; of equals, the earlier */
export function createPlaceList<P extends Place>(most: number, rank: (place: P) => number): PlaceList<P> {
  let places: P[] = [];
  const keepForemost = () => {
    places = places.sort((a, b) => rank(b) - rank(a) || a.startSeconds - b.startSeconds).slice(0, most);
  };
  return {
    add(place) {
      places.push(place);
      if (places.length >= 4 * most) keepForemost();
    },
    inOrder() {
      keepForemost();
      return places.toSorted((a, b) => a.startSeconds - b.startSeconds);
    },
  };
}
