import { Bring } from "@/panels/Bring";
import { Foot } from "@/panels/Foot";
import { Masthead } from "@/panels/Masthead";
import { Outcome } from "@/panels/Outcome";

export default function Page() {
  return (
    <div className="mx-auto flex min-h-dvh max-w-[98rem] flex-col px-4 sm:px-8 lg:px-12">
      <Masthead />
      <main className="flex-1">
        <Bring />
        <Outcome />
      </main>
      <Foot />
    </div>
  );
}
