import { useEffect, useState, type ComponentType } from "react";

import { whenIdle } from "@/ui/idle";
import { persistently } from "@/ui/persistently";

/**
 * A panel whose code comes once nobody waits for anything else, or at once when it is `wanted`; null until then. A
 * lazy component would show its fallback first, and that takes a while to go away.
 */
export function useLater<P>(load: () => Promise<ComponentType<P>>, wanted: boolean): ComponentType<P> | null {
  const [Panel, setPanel] = useState<ComponentType<P> | null>(null);
  useEffect(() => {
    const fetchPanel = () => void persistently(load).then((panel) => setPanel(() => panel));
    if (wanted) fetchPanel();
    else return whenIdle(fetchPanel);
    // `load` gives the same panel for the life of the component.
  }, [wanted]);
  return Panel;
}

/** A panel whose code comes when it is first `wanted`; null until it is there. */
export function useWanted<P>(load: () => Promise<ComponentType<P>>, wanted: boolean): ComponentType<P> | null {
  const [Panel, setPanel] = useState<ComponentType<P> | null>(null);
  useEffect(() => {
    if (wanted) void persistently(load).then((panel) => setPanel(() => panel));
    // `load` gives the same panel for the life of the component.
  }, [wanted]);
  return Panel;
}
