import type { ButtonHTMLAttributes, Ref } from "react";

type Look = "filled" | "outlined" | "plain";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  small?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

const LOOKS: Record<Look, string> = {
  filled: "bg-accent text-on-accent hover:brightness-110 border-transparent",
  outlined: "border-line bg-card text-text hover:border-soft",
  plain: "border-transparent text-soft hover:text-text hover:bg-line/50",
};

export function Button({ look = "outlined", small = false, className = "", ...rest }: Props) {
  const size = small ? "min-h-8 px-2.5 text-xs gap-1.5" : "min-h-11 px-4 text-sm gap-2";
  return (
    <button
      type="button"
      className={`inline-flex shrink-0 print:hidden items-center justify-center rounded-full border font-medium transition-colors disabled:opacity-45 aria-disabled:opacity-45 ${size} ${LOOKS[look]} ${className}`}
      {...rest}
    />
  );
}
