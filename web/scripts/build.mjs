// Builds the static export and lays it where the Python server and the wheel look for it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const server = join(web, "../src/audio_cnn/server");

const next = join(web, "node_modules/next/dist/bin/next");
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
execFileSync(process.execPath, [next, "build"], { cwd: web, env, stdio: "inherit" });

const out = join(web, "out");
const build = createHash("sha256")
  .update(readFileSync(join(out, "index.html")))
  .digest("hex");
const offline = readFileSync(join(out, "offline.js"), "utf8");
const files = readdirSync(join(out, "_next/static"), { recursive: true }).filter((file) =>
  /\.(js|css|woff2)$/.test(file),
);
const paths = files.map((file) => `/_next/static/${file.replaceAll("\\", "/")}`).toSorted();
writeFileSync(
  join(out, "offline.js"),
  offline.replace("BUILD", build.slice(0, 12)).replace('"FILES"', JSON.stringify(paths.join(" "))),
);

// The page holds fonts, styles and code of others, whose licences are to be beside them. Of what Next needs only these
// helpers are in it, and the parts of Radix have Radix's own.
const others = new Set([...Object.keys(manifest(web).dependencies), "@swc/helpers", "tailwindcss"]);
for (const name of others) {
  const from = join(web, "node_modules", name);
  if (name !== "next") for (const needed in manifest(from).dependencies) others.add(needed);
  const licence = readdirSync(from).find((file) => /^licen[cs]e/i.test(file));
  if (licence && !name.startsWith("@radix-ui/")) cpSync(join(from, licence), join(out, "licences", `${name}.txt`));
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

// A copy of web/ alone can be built too, for a page that is hosted apart from its server.
if (existsSync(server)) {
  rmSync(join(server, "page"), { recursive: true, force: true });
  cpSync(out, join(server, "page"), { recursive: true });
}
