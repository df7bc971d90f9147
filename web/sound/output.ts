const PATIENCE_MS = 5_000;

/** Whether a context runs by now. The output keeps its time: where there is none, some browsers wait without end. */
export async function runs(context: AudioContext): Promise<boolean> {
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  // A context that has been closed meanwhile refuses.
  await Promise.race([context.resume(), patience]).catch(() => undefined);
  return context.state === "running";
}
