// The real server, the real page, a real browser: one of each for all journeys of a file.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
export const python = process.env.AUDIO_CNN_PYTHON ?? join(here, "../../.venv/bin/python");
const browserPath =
  process.env.CHROMIUM ??
  ["chromium-headless-shell", "chromium", "google-chrome"].map((name) => `/usr/bin/${name}`).find(existsSync);
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

export const WAIT_MS = 60_000;

/** Starts both, the server with these settings; `close` ends them, and nothing else. */
export async function openStage(settings = {}) {
  if (!browserPath) throw new Error("no Chromium: install it, or name one in CHROMIUM");
  const folder = mkdtempSync(join(tmpdir(), "audio-cnn-journey-"));
  execFileSync(python, [join(here, "make_sounds.py"), folder]);
  const server = await startServer(settings);
  const browser = await chromium.launch({ executablePath: browserPath, headless: true, args: FLAGS });
  const close = async () => {
    await browser.close();
    server.process.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  const sound = (name) => join(folder, name);
  const signalWorkers = (signal) => processesOf(server.process.pid).forEach((pid) => tell(pid, signal));
  return { address: server.address, browser, sound, signalWorkers, close };
}

/** One that has taken too long may be ended meanwhile. */
function tell(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

// The page then keeps itself for times without a server, which takes longer than many a journey.
export const KEEPING_ITSELF = { serviceWorkers: "allow" };

/** A fresh visitor. What the page logs as an error fails the journey, unless it is expected. */
export async function visit(stage, { path = "/", expected = /^$/, ...options } = {}) {
  const context = await stage.browser.newContext({
    viewport: { width: 1280, height: 900 },
    colorScheme: "light",
    acceptDownloads: true,
    serviceWorkers: "block",
    ...options,
  });
  const page = await context.newPage();
  const faults = [];
  page.setDefaultTimeout(WAIT_MS);
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !expected.test(message.text())) faults.push(message.text());
  });
  // Everything comes from the server itself: fonts, scripts, pictures.
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== stage.address) faults.push(`asked elsewhere: ${request.url()}`);
  });
  await page.goto(stage.address + path);
  await alive(page);
  const leave = async () => {
    await context.close();
    if (faults.length > 0) throw new Error(`the page reported: ${faults.join("\n")}`);
  };
  return { page, context, leave };
}

// What is on the page is there before the code that answers to it: React marks the elements that it has taken over.
async function alive(page) {
  await page.waitForFunction(() => {
    const main = document.querySelector("main");
    return !main || Object.keys(main).some((key) => key.startsWith("__react"));
  });
}

/** A microphone before which these samples are played one after the other. */
export function playBefore(page, ...samples) {
  return page.evaluate((ids) => {
    navigator.mediaDevices.getUserMedia = async () => {
      const context = new AudioContext();
      const microphone = context.createMediaStreamDestination();
      let at_s = context.currentTime;
      for (const id of ids) {
        const answer = await fetch(`/api/v1/samples/${id}/audio`);
        const source = context.createBufferSource();
        source.buffer = await context.decodeAudioData(await answer.arrayBuffer());
        source.connect(microphone);
        source.start(at_s);
        at_s += source.buffer.duration;
      }
      globalThis.tracks = microphone.stream.getTracks();
      return microphone.stream;
    };
  }, samples);
}

export async function openSample(page, title) {
  await page.getByRole("button", { name: title }).first().click();
  await answered(page, title);
}

/** Waits until what is seen is of the sound of this name. */
export async function answered(page, name) {
  await page.locator(`[data-source="${name}"]`).waitFor();
  await page.getByRole("heading", { name: "Layer by layer" }).waitFor();
}

export async function serious(page) {
  await settled(page);
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ["violations"], preload: false }),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`)
          .slice(0, 3)
          .join(" | ")}`,
    );
}

// What is still fading in has another contrast for a moment. One that is held, and never ends, holds up nobody.
async function settled(page) {
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
    const late = new Promise((resolve) => setTimeout(resolve, 3_000));
    await Promise.race([Promise.allSettled(ending.map(({ finished }) => finished)), late]);
  });
}

const FRAMES_TO_ALL = 12;

/** How many colours a canvas has, from a share of its width on: many where it was painted, if only out of sight. */
export async function coloursOf(canvas, from = 0) {
  await canvas.page().evaluate(async (frames) => {
    for (let i = 0; i < frames; i++) await new Promise(requestAnimationFrame);
  }, FRAMES_TO_ALL);
  return canvas.evaluate((element, share) => {
    const { width, height } = element;
    const x = Math.round(width * share);
    const { data } = element.getContext("2d").getImageData(x, 0, width - x, height);
    return new Set(new Uint32Array(data.buffer)).size;
  }, from);
}

/** The server's decoders; Linux only. */
/** Those that it has started, and theirs. */
function processesOf(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads
    .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim().split(" "))
    .filter(Boolean)
    .flatMap((child) => [Number(child), ...processesOf(child)]);
}

async function startServer(settings) {
  const env = { ...process.env, ...settings };
  const server = spawn(python, [join(here, "serve.py")], { env, stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => server.kill()); // whatever became of the journeys
  const address = await new Promise((resolve, reject) => {
    server.stdout.once("data", (line) => resolve(String(line).trim()));
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  for (let tries = 0; tries < 200; tries++) {
    if (
      await fetch(`${address}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { process: server, address };
    await new Promise((done) => setTimeout(done, 100));
  }
  server.kill();
  throw new Error("the server is not ready");
}
