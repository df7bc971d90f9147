import { Progress } from "./Progress";

/** Where a panel is to open whose code is still on its way. */
export function Opening() {
  return (
    <div role="status" className="pointer-events-none fixed inset-0 z-50 grid place-items-center">
      <div className="animate-[rise_.2s_.3s_both] rounded-full border border-line bg-card px-6 py-4 shadow-xl">
        <Progress value={null} label="Opening" className="h-1.5 w-44" />
      </div>
    </div>
  );
}
