// useAnswer: the state of an answer, kept up to date.
//
// The store holds the last state. What has not changed is the same object in the next one, so it is enough for a
// component to be memoised by what it is given.
import { connect } from "partialjson/connect.js";
import { useMemo, useSyncExternalStore } from "react";

/** The state of the answer at this address: undefined before anything has come. */
export function useAnswer(url, change = (state) => state) {
  const store = useMemo(() => follow(url, change), [url, change]);
  return useSyncExternalStore(store.subscribe, store.read);
}

function follow(url, change) {
  let state;
  return {
    read: () => state,
    subscribe(changed) {
      const connection = connect(url, (next, applied) => {
        state = change(next, applied);
        changed();
      });
      return () => connection.close();
    },
  };
}
