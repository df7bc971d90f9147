// A server in trouble: a real one, with little patience and little room.
import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import { after, before, test } from "node:test";

import { answered, openSample, openStage, playBefore, visit } from "./stage.mjs";

const REFUSED = { expected: /Failed to load resource/ };
const SLOW_BYTES_PER_S = 40_000;

let stage;
before(async () => (stage = await openStage({ AUDIO_CNN_DEADLINE_S: "2", AUDIO_CNN_QUEUE: "1" })));
after(() => stage?.close());

const bring = (page) => page.getByLabel("Sound file").setInputFiles(stage.sound("rain.wav"));
const alertOf = (page) => page.getByRole("region", { name: "Bring a sound" }).getByRole("alert");
const again = (page) => page.getByRole("button", { name: "Try again", exact: true });

test("too slow an upload is given up, and can be tried again", async () => {
  const { page, context, leave } = await visit(stage, REFUSED);
  const line = await slowLine(page, context);
  await bring(page);
  await alertOf(page).filter({ hasText: "Upload too slow" }).filter({ hasText: "shorter piece" }).waitFor();
  await line.repair();
  await again(page).click();
  await answered(page, "rain.wav");
  await leave();
});

test("a full house counts down to the next try", async () => {
  const { page, leave } = await visit(stage, REFUSED);
  const guest = await guestThatStays();
  await bring(page);
  await alertOf(page).filter({ hasText: "Too busy" }).filter({ hasText: "Your sound is kept here" }).waitFor();
  assert.doesNotMatch(await alertOf(page).textContent(), /Try again in/, "every second is read out");
  assert.equal(await page.getByRole("button", { name: /^Try again in \d+ s/ }).isDisabled(), true);
  guest.destroy();
  await again(page).click();
  await answered(page, "rain.wav");
  await leave();
});

test("what takes too long is given up, and can be tried again", { skip: process.platform !== "linux" }, async () => {
  const { page, leave } = await visit(stage, REFUSED);
  stage.signalWorkers("SIGSTOP");
  try {
    await bring(page);
    await alertOf(page).filter({ hasText: "Past the deadline" }).filter({ hasText: "took too long" }).waitFor();
  } finally {
    stage.signalWorkers("SIGCONT");
  }
  await again(page).click();
  await answered(page, "rain.wav");
  await leave();
});

test("a connection that is lost while sending leaves the sound at hand", async (t) => {
  const cable = await openCable(t, stage.address);
  const { page, context, leave } = await visit({ ...stage, address: cable.address }, REFUSED);
  const line = await slowLine(page, context);
  await bring(page);
  await page.getByText("Sending rain.wav").waitFor();
  await cable.cut();
  await alertOf(page).filter({ hasText: "does not answer" }).filter({ hasText: "Your sound is kept here" }).waitFor();
  await cable.mend();
  await line.repair();
  await again(page).click();
  await answered(page, "rain.wav");
  await leave();
});

test("what the page has yet to load when the connection is lost comes once it is back", async (t) => {
  const cable = await openCable(t, stage.address);
  const { page, leave } = await visit({ ...stage, address: cable.address }, REFUSED);
  await page.waitForLoadState("networkidle");
  await cable.cut();
  const tries = new Map();
  const moreThanTheBundlerTries = page.waitForEvent("requestfailed", (request) => {
    tries.set(request.url(), (tries.get(request.url()) ?? 0) + 1);
    return tries.get(request.url()) > 2;
  });
  await page.getByRole("button", { name: "About this model" }).click();
  await moreThanTheBundlerTries;
  const opening = page.getByRole("progressbar", { name: "Opening" });
  await opening.waitFor();
  await page.keyboard.press("Escape");
  await opening.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "About this model" }).click();
  await opening.waitFor();
  await cable.mend();
  await page.getByRole("dialog", { name: /model/ }).waitFor();
  await leave();
});

test("listening goes on once a lost connection is back", async (t) => {
  const cable = await openCable(t, stage.address);
  const expected = { expected: /WebSocket connection|Failed to load resource/ };
  const { page, leave } = await visit({ ...stage, address: cable.address }, expected);
  await playBefore(page, "siren", "siren", "siren", "siren", "siren", "siren");
  await page.getByRole("button", { name: "Listen", exact: true }).click();
  const noted = page.getByRole("region", { name: "Heard while listening" });
  await noted.getByText("Siren").waitFor();
  await cable.cut();
  await noted.getByRole("status").filter({ hasText: "does not answer" }).waitFor();
  const until = (await noted.getByRole("listitem").allTextContents()).length;
  await cable.mend();
  await noted.getByRole("status").filter({ hasText: "no sound is kept" }).waitFor();
  await page.waitForFunction(
    (before) => document.querySelectorAll('[aria-label="Heard while listening"] li').length > before,
    until,
  );
  await page.getByRole("button", { name: "Stop listening" }).click();
  await leave();
});

test("a dead line is noticed while listening, and what was not heard is told", async (t) => {
  const cable = await openCable(t, stage.address);
  const { page, leave } = await visit({ ...stage, address: cable.address });
  await playBefore(page, ...Array(10).fill("siren"));
  await page.getByRole("button", { name: "Listen", exact: true }).click();
  const noted = page.getByRole("region", { name: "Heard while listening" });
  await noted.getByText("Siren").waitFor();
  cable.hold();
  await noted.getByRole("status").filter({ hasText: "does not answer" }).waitFor();
  await noted.getByText("Not heard").waitFor();
  await noted.getByRole("status").filter({ hasText: "no sound is kept" }).waitFor();
  await page.getByRole("button", { name: "Stop listening" }).click();
  await leave();
});

test("listening says so where no WebSocket gets through", async () => {
  const { page, leave } = await visit(stage, { expected: /Failed to load resource/ });
  await playBefore(page, "siren");
  await page.evaluate(() => {
    globalThis.WebSocket = class {
      static OPEN = 1;
      readyState = 0;
      constructor() {
        setTimeout(() => this.onclose({ code: 1006 }));
      }
      close() {}
    };
  });
  await page.getByRole("button", { name: "Listen", exact: true }).click();
  const noted = page.getByRole("region", { name: "Heard while listening" });
  await noted.getByRole("status").filter({ hasText: "lets no WebSocket through" }).waitFor();
  await page.getByRole("button", { name: "Stop listening" }).click();
  await leave();
});

test("the fine spectrogram comes once its code can be had", async () => {
  const { page, leave } = await visit(stage, REFUSED);
  await openSample(page, "Siren");
  const lost = page.waitForEvent("requestfailed");
  await page.route("**/turbopack-worker-*", (route) => route.abort("connectionrefused"));
  await page.getByRole("radio", { name: "Fine" }).click();
  await lost;
  await page.getByText("The fine one comes once the server answers").waitFor();
  await page.unroute("**/turbopack-worker-*");
  await page.getByText("The fine one comes once the server answers").waitFor({ state: "detached" });
  await leave();
});

test("what is too large is not sent at all", async () => {
  const { page, leave } = await visit(stage, { ...REFUSED, path: "/manifest.webmanifest" });
  await page.route("**/api/v1/models", async (route) => {
    const models = await (await route.fetch()).json();
    await route.fulfill({ json: models.map((one) => ({ ...one, upload_bytes: 20_000, sound_s: 90 })) });
  });
  await page.goto(stage.address);
  await page.getByText("up to 90 s and 20 kB").waitFor();
  let sent = 0;
  await page.route("**/api/v1/analyze", (route) => route.continue().then(() => sent++));
  await bring(page);
  await alertOf(page).filter({ hasText: "Too large" }).filter({ hasText: "up to 20 kB" }).waitFor();
  assert.equal(sent, 0);
  await leave();
});

test("lists that could not be had come once the server is back", async () => {
  const { page, leave } = await visit(stage, { ...REFUSED, path: "/manifest.webmanifest" });
  for (const list of ["samples", "models"]) {
    await page.route(`**/api/v1/${list}`, (route) => route.abort("connectionrefused"), { times: 2 });
  }
  await page.goto(stage.address);
  await page.getByText("The samples could not be fetched.").waitFor();
  await page.getByRole("button", { name: "Siren" }).waitFor();
  await page.getByRole("combobox", { name: "Model" }).waitFor();
  await leave();
});

test("a file that is gone by the time it is sent is called so", async () => {
  const { page, leave } = await visit(stage, { expected: /status of 503|ERR_FILE_NOT_FOUND|ERR_UPLOAD_FILE_CHANGED/ });
  const file = stage.sound("short-lived.wav");
  copyFileSync(stage.sound("rain.wav"), file);
  await page.route("**/api/v1/analyze", (route) => route.fulfill({ status: 503, body: "" }), { times: 1 });
  await page.getByLabel("Sound file").setInputFiles(file);
  await alertOf(page).filter({ hasText: "Status 503" }).waitFor();
  rmSync(file);
  await again(page).click();
  await alertOf(page).filter({ hasText: "The file cannot be read" }).waitFor();
  assert.equal(await again(page).count(), 0);
  await leave();
});

test("what a proxy says in the server's place is put into words", async () => {
  const { page, leave } = await visit(stage, REFUSED);
  const away = { status: 503, contentType: "text/html", body: "<h1>503</h1>" };
  await page.route("**/api/v1/analyze", (route) => route.fulfill(away), { times: 1 });
  await bring(page);
  await alertOf(page).filter({ hasText: "Status 503" }).filter({ hasText: "starting or stopping" }).waitFor();
  await again(page).click();
  await answered(page, "rain.wav");
  await leave();
});

async function slowLine(page, context) {
  const session = await context.newCDPSession(page);
  const emulate = (uploadThroughput) =>
    session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  await session.send("Network.enable");
  await emulate(SLOW_BYTES_PER_S);
  return { repair: () => emulate(-1) };
}

/** What lies between page and server, and can be cut; it is at the end of the test, passed or failed. */
async function openCable(t, address) {
  const ends = new Set();
  const cable = createServer((near) => {
    const far = connect(new URL(address).port, "127.0.0.1");
    for (const [end, other] of [
      [near, far],
      [far, near],
    ]) {
      ends.add(end);
      end.on("error", () => undefined);
      end.on("close", () => ends.delete(end) && other.destroy());
      end.pipe(other);
    }
  });
  const mend = async (port) => once(cable.listen(port, "127.0.0.1"), "listening");
  await mend(0);
  const { port } = cable.address();
  const cut = async () => {
    cable.close();
    for (const end of ends) end.destroy();
    await once(cable, "close");
  };
  // Nothing gets through what is open, and nobody is told.
  const hold = () => {
    for (const end of ends) end.unpipe().pause();
  };
  t.after(() => cable.listening && cut());
  return { address: `http://127.0.0.1:${port}`, cut, hold, mend: () => mend(port) };
}

/** A request that has been let in and goes on sending. */
async function guestThatStays() {
  const headers = { "Content-Type": "application/octet-stream", "Content-Length": 1_000_000 };
  const guest = request(`${stage.address}/api/v1/analyze`, { method: "POST", headers });
  guest.on("error", () => undefined);
  guest.write(Buffer.alloc(1000));
  await once(guest, "socket");
  await new Promise((done) => setTimeout(done, 300));
  return guest;
}
