import type { HTMLAttributes, Ref } from "react";

interface Props extends HTMLAttributes<HTMLDivElement> {
  /** In the accent's colour: something wants to be looked at. */
  warning?: boolean;
  ref?: Ref<HTMLDivElement>;
}

export function Card({ warning = false, className = "", ...rest }: Props) {
  const look = warning ? "border-accent/60 bg-accent/[0.07]" : "border-line bg-card";
  return <div className={`rounded-2xl border ${look} ${className}`} {...rest} />;
}
