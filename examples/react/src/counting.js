// How often each component rendered, by its place in the document: what this page is to show.
import { useRef } from "react";

export const counts = new Map();

/** Counts a rendering of the component at a place; goes into its `data-renders`. */
export function useCount(place) {
  const times = useRef(0);
  times.current += 1;
  counts.set(place, times.current);
  return times.current;
}
