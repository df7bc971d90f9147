"use client";

import { useClasses } from "@/session/models";

export function Foot() {
  const classes = useClasses();
  return (
    <footer className="mt-16 flex flex-wrap gap-x-6 gap-y-2 border-t border-line py-6 text-xs text-soft">
      <p>
        Knows {classes} classes and names one of them, or says that it is not sure. The shipped model learned from{" "}
        <a className="underline underline-offset-2 hover:text-text" href="https://github.com/karolpiczak/ESC-50">
          ESC-50
        </a>
        .
      </p>
      <p>
        Sounds are sent to the server of this page, while you record every second. It keeps none; what the network saw
        of one, for ten minutes. This browser keeps them on its shelf, for you alone.
      </p>
    </footer>
  );
}
