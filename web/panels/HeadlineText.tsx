import type { ReactNode } from "react";

import type { Headline } from "@/session/headline";

interface Props {
  headline: Pick<Headline, "emoji" | "title" | "remark" | "sure">;
  /** It is the page's. */
  heading?: boolean;
  children?: ReactNode;
}

/** What was heard, as large as it gets. Classes of one's own may have no emoji. */
export function HeadlineText({ headline: { emoji, title, remark, sure }, heading = false, children }: Props) {
  const Title = heading ? "h1" : "p";
  return (
    <div className="flex items-center gap-5 text-left sm:gap-8">
      {emoji && (
        <span aria-hidden className={`text-6xl leading-none sm:text-8xl ${sure ? "" : "opacity-40 grayscale"}`}>
          {emoji}
        </span>
      )}
      <div className="min-w-0">
        <Title className="font-serif text-5xl leading-none tracking-tight text-balance sm:text-7xl">{title}</Title>
        <p className="mt-3 text-base text-balance text-soft sm:text-lg">{remark}</p>
        {children}
      </div>
    </div>
  );
}
