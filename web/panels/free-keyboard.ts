import { useEffect } from "react";

/** A button that was clicked gives the keyboard back to the page: the space bar is for playing then, not for it. */
export function useFreeKeyboard(): void {
  useEffect(() => {
    const onClick = ({ target, pointerType }: PointerEvent) => {
      const button = pointerType === "mouse" && target instanceof Element ? target.closest("button") : null;
      if (button && !button.closest("[role=dialog]") && !button.ariaHasPopup) button.blur();
    };
    window.addEventListener("click", onClick as EventListener);
    return () => window.removeEventListener("click", onClick as EventListener);
  }, []);
}
