// How heavy the page may be, and how fast it has to be.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { KEEPING_ITSELF, answered, openSample, openStage, visit } from "./stage.mjs";

const SCRIPT_BYTES = 250_000;
const NODES = 2_000;
const PAINTED_MS = 100;
const FRAMES_PER_S = 50;
// A machine that is busy with other things cannot tell how fast the page is: there the budget is reported, not held.
const STRICT = process.env.AUDIO_CNN_BUDGET !== "report";
const TIMES = STRICT ? 5 : 1;

let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

function hold(t, words, value, limit, holds) {
  t.diagnostic(`${words}: ${value} (limit ${limit})`);
  if (STRICT || holds) assert.ok(holds, `${words}: ${value}, limit ${limit}`);
}

test("scripts, up to the first results", async (t) => {
  const { page, context, leave } = await visit(stage);
  const fresh = await context.newPage();
  const scripts = [];
  fresh.on("response", async (answer) => {
    if (answer.request().resourceType() === "script") scripts.push(answer.body().catch(() => Buffer.alloc(0)));
  });
  await fresh.goto(stage.address, { waitUntil: "networkidle" });
  await openSample(fresh, "Siren");
  const total = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).length, 0);
  assert.ok(scripts.length > 2);
  hold(t, "compressed script, bytes", total, SCRIPT_BYTES, total < SCRIPT_BYTES);
  await page.close();
  await leave();
});

test("elements, with everything open", async (t) => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  await page.getByRole("button", { name: "All 50 classes" }).click();
  await page.getByRole("button", { name: /^layer4 .*open all/ }).click();
  await page.getByRole("dialog").getByRole("slider", { name: /^All/ }).waitFor();
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  hold(t, "elements", nodes, NODES, nodes < NODES);
  await leave();
});

const NAMES = ["Siren", "Rain", "Church bells", "Thunderstorm", "Siren", "Rain", "Church bells"];

test("from the document's arrival to all in sight painted", async (t) => {
  const { page, leave } = await visit(stage, KEEPING_ITSELF);
  const times = [];
  for (const name of NAMES.slice(0, TIMES + 2)) {
    await openSample(page, name);
    times.push(await paintedAfter(page, times.length));
    await page.waitForTimeout(400);
  }
  t.diagnostic(`each, first to last, ms: ${times.map(Math.round).join(", ")}`);
  holdMedian(t, "painted after, ms", times);
  await leave();
});

for (const [way, path, act] of [
  ["pressed at once", "/", (page) => openSample(page, "Siren")],
  ["pressed after a second", "/", (page) => page.waitForTimeout(1000).then(() => openSample(page, "Siren"))],
  ["by a link", "/?sample=siren", (page) => answered(page, "Siren")],
]) {
  test(`the first result of a visit, ${way}`, async (t) => {
    const times = [];
    for (let i = 0; i < TIMES; i++) {
      const { page, leave } = await visit(stage, { ...KEEPING_ITSELF, path });
      await act(page);
      times.push(await paintedAfter(page, 0));
      await leave();
    }
    t.diagnostic(`of each visit, ms: ${times.map(Math.round).join(", ")}`);
    holdMedian(t, "painted after, ms", times);
  });
}

function holdMedian(t, words, times) {
  const usual = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  hold(t, `${words} (median)`, Math.round(usual), PAINTED_MS, usual < PAINTED_MS);
}

/** From the last byte on the wire, whatever the page was busy with then, to the frame with all that is in sight. */
async function paintedAfter(page, before) {
  const shown = (least) => performance.getEntriesByName("document-to-painted").length > least;
  await page.waitForFunction(shown, before);
  return page.evaluate(() => {
    const { startTime, duration } = performance.getEntriesByName("document-to-painted").at(-1);
    const sent = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/api/v1/analyze"));
    return startTime + duration - sent.at(-1).responseEnd;
  });
}

test("beside an element for every value", async (t) => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  const answer = await fetch(`${stage.address}/api/v1/samples/siren/audio`);
  const sound = await answer.arrayBuffer();
  const asked = await fetch(`${stage.address}/api/v1/analyze`, { method: "POST", body: sound });
  const document = await asked.json();
  const times = [];
  for (let i = 0; i < Math.min(TIMES, 3); i++)
    times.push(await page.evaluate(paintElements, [document.spectrogram, ...document.activations]));
  t.diagnostic(`the same maps as SVG elements, painted after, ms: ${times.map(Math.round).join(", ")}`);
  assert.ok(Math.min(...times) > 0);
  await leave();
});

// The first page's way: one rectangle a value. Written without a framework, so faster than it was.
async function paintElements(maps) {
  const start = performance.now();
  const host = document.createElement("div");
  for (const { shape, data } of maps) {
    const [rows, columns] = shape;
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${columns} ${rows}`);
    bytes.forEach((byte, i) => {
      const cell = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of [
        ["x", i % columns],
        ["y", Math.floor(i / columns)],
        ["width", 1],
        ["height", 1],
      ])
        cell.setAttribute(name, value);
      cell.setAttribute("fill", `rgb(${byte},${255 - byte},${byte})`);
      svg.append(cell);
    });
    host.append(svg);
  }
  document.body.prepend(host);
  const painted = await new Promise((done) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now());
      port2.postMessage(null);
    });
  });
  host.remove();
  return painted - start;
}

test("frames while playing, moving and zooming with every pane open", async (t) => {
  const { page, leave } = await visit(stage, KEEPING_ITSELF);
  await openSample(page, "Siren");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const playing = await framesPerSecond(page, () => page.waitForTimeout(1500));
  hold(t, "frames a second, playing", playing, FRAMES_PER_S, playing >= FRAMES_PER_S);
  const box = await page.getByRole("slider", { name: /^Waveform/ }).boundingBox();
  const zooming = await framesPerSecond(page, async () => {
    for (let i = 0; i < 30; i++) {
      await page.mouse.move(box.x + box.width * (0.3 + i / 100), box.y + 30);
      await page.mouse.wheel(0, i % 2 ? 90 : -100);
      await page.waitForTimeout(30);
    }
  });
  hold(t, "frames a second, zooming", zooming, FRAMES_PER_S, zooming >= FRAMES_PER_S);
  await leave();
});

async function framesPerSecond(page, act) {
  await page.evaluate(() => {
    globalThis.frames_ms = [];
    const count = (now) => {
      globalThis.frames_ms.push(now);
      globalThis.counting = requestAnimationFrame(count);
    };
    globalThis.counting = requestAnimationFrame(count);
  });
  await act();
  const times = await page.evaluate(() => {
    cancelAnimationFrame(globalThis.counting);
    return globalThis.frames_ms;
  });
  return Math.round(((times.length - 1) * 1000) / (times.at(-1) - times[0]));
}
