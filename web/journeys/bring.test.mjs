// Every way in, and every way in which it can go wrong.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { answered, openSample, openStage, playBefore, serious, visit } from "./stage.mjs";

let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

const answer = (page) => page.getByRole("region", { name: "Answer" });
// The buttons are there before the code that they call; the samples come after it.
const alive = (page) => page.getByRole("button", { name: "Siren" }).waitFor();
const record = async (page) => {
  await alive(page);
  await page.getByRole("button", { name: "Record" }).click();
};
const state = (page) => page.locator("[data-source]").getAttribute("data-state");

test("a sample is analysed at a press, and its link opens it again", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Siren");
  await page
    .getByRole("status")
    .filter({ hasText: /^Siren: Siren\. .*% sure$/ })
    .waitFor();
  await page.waitForURL(/\?sample=siren$/);
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Siren" }).waitFor();
  // All that a sound can be brought with can be passed over.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Compare");
  await leave();
});

for (const name of ["rain.wav", "rain.mp3", "rain.m4a", "long.wav", "short.wav", "hum.wav"]) {
  test(`${name} is picked, sent and shown`, async () => {
    const { page, leave } = await visit(stage);
    await page.getByLabel("Sound file").setInputFiles(stage.sound(name));
    await answered(page, name);
    assert.match(await state(page), /^(known|unsure)$/);
    assert.doesNotMatch(page.url(), /sample=/);
    await leave();
  });
}

test("what the browser cannot play is analysed and shown all the same", async () => {
  const { page, leave } = await visit(stage);
  await page.getByLabel("Sound file").setInputFiles(stage.sound("rain.aiff"));
  await answered(page, "rain.aiff");
  await page.getByText("This browser cannot play this format").waitFor();
  assert.equal(await page.getByRole("radio", { name: "Fine" }).count(), 0);
  await leave();
});

test("what was filled up after a short sound is not selected with it", async () => {
  const { page, leave } = await visit(stage);
  await page.getByLabel("Sound file").setInputFiles(stage.sound("short.wav"));
  await answered(page, "short.wav");
  const { x, y, width } = await page.getByRole("slider", { name: /^Waveform/ }).boundingBox();
  await page.mouse.move(x + width * 0.2, y + 40);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.8, y + 40, { steps: 4 });
  await page.mouse.up();
  await page.locator("[data-selection]").filter({ hasText: "to 1.50 s" }).waitFor();
  await leave();
});

test("doubt and silence are called so", async () => {
  const { page, leave } = await visit(stage);
  await page.getByLabel("Sound file").setInputFiles(stage.sound("silence.wav"));
  await answered(page, "silence.wav");
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Silence");
  assert.equal(await page.getByRole("list", { name: "Likeliest classes" }).count(), 0);
  await page.getByLabel("Sound file").setInputFiles(stage.sound("music.wav"));
  await answered(page, "music.wav");
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Not sure");
  await answer(page).getByText("It sounds like music, which is none of the 50.").waitFor();
  assert.equal(await state(page), "unsure");
  await leave();
});

for (const way of ["drop", "paste"]) {
  test(`a file can be brought by ${way}`, async () => {
    const { page, leave } = await visit(stage);
    await page.getByRole("button", { name: "Siren" }).waitFor();
    const data = readFileSync(stage.sound("rain.wav")).toString("base64");
    await page.evaluate(giveFile, { way, data });
    await answered(page, "given.wav");
    await leave();
  });
}

function giveFile({ way, data }) {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], "given.wav", { type: "audio/wav" }));
  const event =
    way === "drop"
      ? new DragEvent("drop", { dataTransfer: files, bubbles: true })
      : new ClipboardEvent("paste", { clipboardData: files });
  window.dispatchEvent(event);
}

test("a recording is metered, sent and shown, and the microphone is let go", async () => {
  const { page, leave } = await visit(stage, { permissions: ["microphone"], storageState: keepingNothing() });
  await page.evaluate(keepTracks);
  await record(page);
  const meter = page.getByRole("meter", { name: "Level of the microphone" });
  await meter.waitFor();
  await page.waitForFunction(
    () => Number(document.querySelector('[role="meter"]')?.getAttribute("aria-valuenow")) > -60,
  );
  // The fake microphone beeps; what that is like is said while it goes on.
  await page.waitForFunction(() => !/Listening/.test(document.querySelector("[data-live]").textContent));
  assert.equal(await mayLeave(page), false);
  await page.getByRole("button", { name: "Stop and analyse" }).click();
  await answered(page, "Recording");
  assert.deepEqual(await page.evaluate(() => globalThis.tracks.map(({ readyState }) => readyState)), ["ended"]);
  // It is nowhere else, and the name of the page leads to the invitation without losing it.
  assert.equal(await mayLeave(page), false);
  await page.getByRole("link", { name: /^Audio.CNN$/ }).click();
  await page.getByRole("heading", { name: "What does it hear?" }).waitFor();
  await page.goBack();
  await answered(page, "Recording");
  await page.getByRole("button", { name: "Save or share" }).click();
  await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "The sound itself" }).click()]);
  assert.equal(await mayLeave(page), true);
  await leave();
});

/** Of a browser that was told to keep nothing: else a recording is soon on its shelf. */
const keepingNothing = () => ({
  cookies: [],
  origins: [{ origin: stage.address, localStorage: [{ name: "keeps", value: "no" }] }],
});

const mayLeave = (page) => page.evaluate(() => window.dispatchEvent(new Event("beforeunload", { cancelable: true })));

test("while a recording goes on it has the place of the answer, and nothing sounds that it would hear", async () => {
  const { page, leave } = await visit(stage, { permissions: ["microphone"] });
  await openSample(page, "Siren");
  await page.getByRole("button", { name: "Play", exact: true }).and(page.locator(":enabled")).waitFor();
  const below = await page.getByRole("heading", { name: "Waveform" }).boundingBox();
  await page.getByRole("button", { name: "Record" }).click();
  await page
    .locator("[data-live]")
    .filter({ hasText: /none of the 50|sure$|like/ })
    .waitFor();
  assert.equal(await page.getByRole("heading", { level: 1 }).isVisible(), false);
  assert.equal((await page.getByText("Waveform", { exact: true }).boundingBox()).y, below.y);
  await page.keyboard.press("Space");
  await page.waitForTimeout(300);
  assert.equal(await page.locator("[data-clock]").textContent(), "0.00 s");
  assert.equal(await page.getByRole("button", { name: "Rain" }).isDisabled(), true);
  await page.getByRole("button", { name: "Discard" }).press("Enter");
  await page.getByRole("heading", { level: 1, name: "Siren" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Record");
  await leave();
});

test("the keyboard stays at the recorder, and a microphone that is unplugged ends the recording", async () => {
  const { page, leave } = await visit(stage, { permissions: ["microphone"] });
  await page.evaluate(keepTracks);
  await alive(page);
  await page.getByRole("button", { name: "Record" }).press("Enter");
  await page.waitForFunction(() => document.activeElement.textContent === "Stop and analyse");
  await page.getByText(/^[1-9][.\d]* of 60 s$/).waitFor();
  await page.evaluate(() => globalThis.tracks[0].dispatchEvent(new Event("ended")));
  await answered(page, "Recording");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Record");
  await leave();
});

test("a recording goes on while the server is busy, and nothing is asked once it has ended", async () => {
  const { page, leave } = await visit(stage, { permissions: ["microphone"], expected: /status of 429/ });
  let asked = 0;
  await page.route("**/api/v1/classify*", (route) =>
    asked++ === 0 ? route.fulfill({ status: 429, headers: { "Retry-After": "1" } }) : route.continue(),
  );
  await record(page);
  await page.waitForFunction(() => /sure|Silence/.test(document.querySelector("[data-live]")?.textContent ?? ""));
  await page.getByRole("button", { name: "Discard" }).click();
  await page.locator("[data-live]").waitFor({ state: "detached" });
  const before = asked;
  assert.ok(before > 1);
  await page.waitForTimeout(1500);
  assert.equal(asked, before);
  await leave();
});

test("listening names what it hears for as long as it is wanted, and notes it down", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Rain");
  await playBefore(page, "siren", "siren", "siren");
  await page.getByRole("button", { name: "Listen", exact: true }).press("Enter");
  const noted = page.getByRole("region", { name: "Heard while listening" });
  await noted.getByText("Siren").waitFor();
  assert.match(await page.locator("[data-live]").textContent(), /Siren/);
  assert.equal(await page.getByRole("button", { name: "Record" }).count(), 0);
  assert.equal(await mayLeave(page), false);
  assert.deepEqual(await serious(page), []);
  await page.getByRole("button", { name: "Stop listening" }).press("Enter");
  await page.getByRole("heading", { level: 1, name: "Rain" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Listen");
  assert.deepEqual(await page.evaluate(() => globalThis.tracks.map(({ readyState }) => readyState)), ["ended"]);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    noted.getByRole("button", { name: "Table" }).click(),
  ]);
  const [head, ...lines] = readFileSync(await download.path(), "utf8").split("\n");
  assert.equal(head, "from,to,label,confidence,model");
  assert.match(lines.join("\n"), /^20\S+Z,20\S+Z,siren,0\.\d{6},ensemble$/m);
  assert.equal(await mayLeave(page), true);
  await page.reload();
  await noted.getByText("Siren").waitFor();
  await noted.getByRole("button", { name: "Clear" }).press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Listen");
  await noted.getByRole("button", { name: "Bring them back" }).click();
  await noted.getByText("Siren").waitFor();
  await noted.getByRole("button", { name: "Clear" }).click();
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Rain" }).waitFor();
  assert.equal(await noted.count(), 0);
  await leave();
});

test("what sounds until listening ends is named, too, and then nothing is asked", async () => {
  const { page, leave } = await visit(stage);
  let opened = 0;
  page.on("websocket", () => (opened += 1));
  await playBefore(page, "siren");
  await page.getByRole("button", { name: "Listen", exact: true }).click();
  await page.getByRole("button", { name: "Stop listening" }).waitFor();
  await page.waitForTimeout(3500);
  await page.getByRole("button", { name: "Stop listening" }).click();
  await page.getByRole("region", { name: "Heard while listening" }).getByText("Siren").waitFor();
  await page.waitForTimeout(4000);
  assert.equal(opened, 1);
  await leave();
});

test("the microphone is recorded or listened to, never both", async () => {
  const { page, leave } = await visit(stage);
  await playBefore(page, "siren");
  await page.evaluate(() => {
    const ask = navigator.mediaDevices.getUserMedia;
    globalThis.asked = 0;
    globalThis.allowed = new Promise((done) => (globalThis.allow = done));
    navigator.mediaDevices.getUserMedia = async (wish) => {
      globalThis.asked += 1;
      await globalThis.allowed;
      return ask(wish);
    };
  });
  await page.getByRole("button", { name: "Record" }).click();
  await page.getByRole("button", { name: "Listen", exact: true, disabled: true }).click({ force: true });
  await page.evaluate(() => globalThis.allow());
  await page.getByRole("button", { name: "Stop and analyse" }).waitFor();
  assert.equal(await page.evaluate(() => globalThis.asked), 1);
  assert.equal(await page.getByRole("button", { name: /Listen|listening/ }).count(), 0);
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("button", { name: "Listen", exact: true, disabled: false }).waitFor();
  await leave();
});

function keepTracks() {
  globalThis.tracks = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await ask(wish);
    globalThis.tracks.push(...stream.getTracks());
    return stream;
  };
}

test("a microphone that is not allowed is explained", async () => {
  const { page, leave } = await visit(stage);
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  await record(page);
  await page.getByRole("alert").filter({ hasText: "not allowed for this page" }).waitFor();
  await leave();
});

test("a browser without a sound output does not wait for it for ever", async () => {
  const { page, leave } = await visit(stage, { permissions: ["microphone"] });
  await page.evaluate(keepTracks);
  await page.evaluate(() => {
    AudioContext.prototype.resume = () => new Promise(() => {});
    Object.defineProperty(AudioContext.prototype, "state", { get: () => "suspended" });
  });
  await record(page);
  await page.getByRole("alert").filter({ hasText: "needs a sound output" }).waitFor();
  assert.deepEqual(await page.evaluate(() => globalThis.tracks.map(({ readyState }) => readyState)), ["ended"]);
  await page.getByRole("button", { name: "Record" }).waitFor();
  await leave();
});

test("what is not a sound is refused in words, and the last results stay", async () => {
  const { page, leave } = await visit(stage, { expected: /status of 4(15|22)/ });
  await openSample(page, "Siren");
  await page.getByLabel("Sound file").setInputFiles(stage.sound("notes.txt"));
  const alert = page.getByRole("region", { name: "Bring a sound" }).getByRole("alert");
  await alert.filter({ hasText: "Not a sound" }).waitFor();
  assert.match(await alert.textContent(), /Choose a sound/);
  assert.equal(await page.locator("[data-source]").getAttribute("data-source"), "Siren");
  await page.getByLabel("Sound file").setInputFiles(stage.sound("broken.wav"));
  await alert.filter({ hasText: "Nothing to hear" }).waitFor();
  await page.getByRole("button", { name: "Dismiss" }).press("Enter");
  await alert.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Choose files");
  await leave();
});

test("a server that is away or busy can be tried again, with the sound still there", async () => {
  const { page, leave } = await visit(stage, { expected: /Failed to load resource/ });
  await page.route("**/api/v1/analyze", (route) => route.abort("connectionrefused"));
  await page.getByLabel("Sound file").setInputFiles(stage.sound("rain.wav"));
  await page.getByText("The server does not answer").waitFor();
  await page.unroute("**/api/v1/analyze");
  await page.route("**/api/v1/analyze", busyOnce());
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: /Try again in \d s/ }).waitFor();
  await page.getByRole("button", { name: "Try again", exact: true }).click();
  await answered(page, "rain.wav");
  await leave();
});

function busyOnce() {
  let asked = false;
  const problem = { type: "/problems/busy", title: "Too busy", status: 429, detail: "come back", request_id: "1" };
  return async (route) => {
    if (asked) return route.continue();
    asked = true;
    await route.fulfill({
      status: 429,
      headers: { "Retry-After": "2" },
      contentType: "application/problem+json",
      json: problem,
    });
  };
}

test("a wish can be taken back", async () => {
  const { page, leave } = await visit(stage);
  let free;
  const held = new Promise((resolve) => (free = resolve));
  await page.route("**/api/v1/analyze", async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  });
  await page.getByLabel("Sound file").setInputFiles(stage.sound("rain.wav"));
  await page.getByRole("button", { name: "Cancel" }).click();
  free();
  await page.getByRole("button", { name: "Cancel" }).waitFor({ state: "detached" });
  assert.equal(await page.locator("[data-source]").count(), 0);
  await leave();
});

test("a link's sample gives way to what was asked for since", async () => {
  const { page, leave } = await visit(stage, { expected: /Failed to load resource/, path: "/manifest.webmanifest" });
  let goOn;
  const listed = new Promise((go) => (goOn = go));
  await page.route("**/api/v1/samples", async (route) => {
    await listed;
    await route.continue().catch(() => undefined);
  });
  await page.goto(`${stage.address}/?sample=siren`);
  await page.getByText("Fetching siren").waitFor();
  await page.getByLabel("Sound file").setInputFiles(stage.sound("rain.wav"));
  await answered(page, "rain.wav");
  goOn();
  await page.getByRole("button", { name: "Siren" }).waitFor();
  await page.waitForTimeout(500);
  await answered(page, "rain.wav");
  await leave();
});

test("the browser's buttons go back through what was heard, to the invitation, and forward again", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  await page.waitForURL(/sample=siren/);
  await page.getByLabel("Sound file").setInputFiles(stage.sound("rain.wav"));
  await answered(page, "rain.wav");
  await page.waitForURL((address) => !address.searchParams.has("sample"));
  assert.match(await page.title(), /^Rain · rain\.wav/);
  await page.goBack();
  await answered(page, "Siren");
  assert.match(page.url(), /sample=siren/);
  await page.goBack();
  await page.getByRole("heading", { name: "What does it hear?" }).waitFor();
  assert.match(await page.title(), /^Audio-CNN/);
  await page.goForward();
  await page.goForward();
  await answered(page, "rain.wav");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await leave();
});

test("what became of a sound that is dropped far down the page is to be seen", async () => {
  const { page, leave } = await visit(stage, { expected: /status of 415/ });
  await openSample(page, "Siren");
  const far = () => page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  const give = async (name) => {
    const data = readFileSync(stage.sound(name)).toString("base64");
    await page.evaluate(giveFile, { way: "drop", data });
  };
  await far();
  await give("notes.txt");
  const alert = page.getByRole("region", { name: "Bring a sound" }).getByRole("alert");
  await alert.waitFor();
  assert.ok(await inSight(alert));
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.getByRole("button", { name: "About this model" }).click();
  await page.getByRole("dialog").waitFor();
  await give("notes.txt");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await alert.count(), 0, "brought behind a sheet");
  await far();
  await give("rain.wav");
  await answered(page, "given.wav");
  assert.ok(await inSight(page.getByRole("heading", { level: 1 })));
  await leave();
});

async function inSight(element) {
  return element.evaluate((one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
}
