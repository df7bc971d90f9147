"use client";

import dynamic from "next/dynamic";
import { useState } from "react";

import type { Heard } from "@/session/heard";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Opening } from "@/ui/Opening";
import { persistently } from "@/ui/persistently";

const fetchSheet = () => import("./SecondSheet").then((panel) => panel.SecondSheet);
const SecondSheet = dynamic(() => persistently(fetchSheet), { ssr: false, loading: Opening });

/** Leads from a sound to a second one beside it. */
export function CompareButton({ heard }: { heard: Heard }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button small onClick={() => setOpen(true)} className="!min-h-7 -my-0.5">
        <Icon name="compare" className="size-4" />
        Compare
      </Button>
      {open && <SecondSheet heard={heard} open onOpenChange={setOpen} />}
    </>
  );
}
