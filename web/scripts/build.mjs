// Builds the static export and lays it where the Python server and the wheel look for it.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const server = join(web, "../src/audio_cnn/server");

const next = join(web, "node_modules/next/dist/bin/next");
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
execFileSync(process.execPath, [next, "build"], { cwd: web, env, stdio: "inherit" });

// A copy of web/ alone can be built too, for a page that is hosted apart from its server.
if (existsSync(server)) {
  rmSync(join(server, "page"), { recursive: true, force: true });
  cpSync(join(web, "out"), join(server, "page"), { recursive: true });
}
