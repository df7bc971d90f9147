// A value that tells who asked when it changes. Hover and playhead change sixty times a second: what paints them
// listens here and leaves React alone.
import { useSyncExternalStore } from "react";

export interface Watched<T> {
  get: () => T;
  subscribe: (listener: () => void) => () => void;
}

export interface Signal<T> extends Watched<T> {
  set: (next: T) => void;
}

export function signal<T>(initial: T): Signal<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Follows from others; tells whenever one of them changes. */
export function derived<T>(sources: readonly Watched<unknown>[], get: () => T): Watched<T> {
  const subscribe = (listener: () => void) => {
    const stops = sources.map((source) => source.subscribe(listener));
    return () => stops.forEach((stop) => stop());
  };
  return { get, subscribe };
}

export function useSignal<T>(source: Watched<T>): T {
  return useSyncExternalStore(source.subscribe, source.get, source.get);
}
