const FLOOR_DB = -60;

/** How loud it is, as the loudest sample 0..1. */
export function Meter({ level }: { level: number }) {
  const db = 20 * Math.log10(level + 1e-6);
  const share = Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
  const told = Math.round(Math.max(FLOOR_DB, db));
  return (
    <div
      role="meter"
      aria-label="Level of the microphone"
      aria-valuemin={FLOOR_DB}
      aria-valuemax={0}
      aria-valuenow={told}
      aria-valuetext={`${told} dB`}
      className="h-2 w-12 overflow-hidden rounded-full bg-line sm:w-36"
    >
      <div className="h-full origin-left bg-accent" style={{ transform: `scaleX(${share})` }} />
    </div>
  );
}
