// What this browser keeps of what it heard, and an analysis as a file.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";

import { answered, coloursOf, openSample, openStage, python, serious, visit } from "./stage.mjs";

let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

const KEPT = /\?heard=[0-9a-f]{12}$/;
const pick = (page, path) => page.getByLabel("Sound file").setInputFiles(path);
const bring = async (page, name) => {
  await pick(page, stage.sound(name));
  await answered(page, name);
  await page.waitForURL(KEPT);
};
const shelf = async (page) => {
  await page.getByRole("button", { name: "Heard", exact: true }).click();
  await page.getByRole("dialog", { name: "Heard" }).waitFor();
  return page.getByRole("list", { name: "Sounds that were heard" }).getByRole("listitem");
};
const act = async (page, name, what) => {
  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: what }).click();
};
const noMoreAsked = (page) => page.route("**/api/v1/analyze*", (route) => route.abort());

test("a sound of one's own is there again after a reload, without the server, and plays", async () => {
  const { page, leave } = await visit(stage);
  await bring(page, "rain.wav");
  await noMoreAsked(page);
  await page.reload();
  await answered(page, "rain.wav");
  assert.match(page.url(), KEPT);
  assert.ok((await coloursOf(page.getByRole("slider", { name: /^Spectrogram/ }))) > 60);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.getByRole("button", { name: /^layer2 .*open all/ }).click();
  await page.getByRole("dialog").getByRole("slider", { name: /^All/ }).waitFor();
  await leave();
});

test("Back and Forward go through kept sounds and samples, after a reload too", async () => {
  const { page, leave } = await visit(stage);
  await bring(page, "rain.wav");
  await openSample(page, "Siren");
  await page.waitForURL(/\?sample=siren$/);
  await page.goBack();
  await answered(page, "rain.wav");
  await page.reload();
  await answered(page, "rain.wav");
  await page.goForward();
  await answered(page, "Siren");
  await page.goBack();
  await answered(page, "rain.wav");
  assert.match(page.url(), KEPT);
  await leave();
});

test("the shelf lists what was heard, and opens it", async () => {
  const { page, leave } = await visit(stage);
  await bring(page, "rain.wav");
  await openSample(page, "Siren");
  await page.waitForURL(/sample=siren/);
  await page.waitForTimeout(900);
  const lines = await shelf(page);
  await lines.nth(1).waitFor();
  assert.match(await lines.nth(0).textContent(), /^🚨SirenSiren, .*% · \d\d:\d\d · ensemble · 5\.00 s/);
  assert.match(await lines.nth(1).textContent(), /^🌧️rain\.wavRain, .*%/);
  assert.deepEqual(await serious(page), []);
  await noMoreAsked(page);
  await lines
    .nth(1)
    .getByRole("button", { name: /rain\.wav/ })
    .first()
    .click();
  await answered(page, "rain.wav");
  await page.waitForURL(KEPT);
  await page.goBack();
  await answered(page, "Siren");
  await leave();
});

test("a kept sound is renamed, deleted, brought back and cleared away", async () => {
  const { page, leave } = await visit(stage, { expected: /Failed to load resource/ });
  await bring(page, "rain.wav");
  const lines = await shelf(page);
  await act(page, "rain.wav", "Rename");
  const field = page.getByRole("textbox", { name: "Name of rain.wav" });
  await field.fill("Rain on the roof");
  await field.press("Escape");
  await act(page, "rain.wav", "Rename");
  await field.fill("Rain on the roof");
  await field.press("Enter");
  await page.getByRole("button", { name: "More about Rain on the roof" }).waitFor();
  await act(page, "Rain on the roof", "Delete");
  await page.getByText("Deleted: Rain on the roof").waitFor();
  assert.equal(await lines.count(), 0);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "More about Rain on the roof" }).waitFor();
  await page.getByRole("button", { name: "Clear all" }).click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await page.getByText("Nothing yet.").waitFor();
  await page.keyboard.press("Escape");
  await answered(page, "rain.wav");
  assert.doesNotMatch(page.url(), /heard=/);
  await page.goto(`${stage.address}/?heard=000000000000`);
  await page.getByRole("alert").filter({ hasText: "It is not on the shelf" }).waitFor();
  await leave();
});

test("nothing is kept by who does not want it", async () => {
  const { page, leave } = await visit(stage);
  await shelf(page);
  await page.getByRole("switch", { name: "Keep what is heard" }).click();
  await page.keyboard.press("Escape");
  await page.reload();
  await pick(page, stage.sound("rain.wav"));
  await answered(page, "rain.wav");
  await page.waitForTimeout(1200);
  assert.doesNotMatch(page.url(), /heard=/);
  const lines = await shelf(page);
  await page.getByText("Nothing, and nothing is kept.").waitFor();
  assert.equal(await lines.count(), 0);
  await leave();
});

test("where the browser stores nothing, all works and a line says so", async () => {
  const { page, leave } = await visit(stage);
  await page.addInitScript(() => {
    const no = () => {
      throw new DOMException("no", "SecurityError");
    };
    Object.defineProperty(window, "indexedDB", { get: no });
    Object.defineProperty(window, "localStorage", { get: no });
  });
  await page.reload();
  await page.getByRole("button", { name: "Siren" }).waitFor();
  await pick(page, stage.sound("rain.wav"));
  await answered(page, "rain.wav");
  await page.getByRole("status").filter({ hasText: "Nothing is kept: this browser" }).waitFor();
  assert.doesNotMatch(page.url(), /heard=/);
  await shelf(page);
  await page.getByRole("alert").filter({ hasText: "Nothing is kept: this browser" }).waitFor();
  await leave();
});

async function download(page, act) {
  const [file] = await Promise.all([page.waitForEvent("download"), act()]);
  const path = join(dirname(stage.sound("rain.wav")), file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

test("what the command line has written opens, and plays if its sound is in it", async () => {
  const { page, leave } = await visit(stage);
  const analyze = (...options) =>
    execFileSync(python, ["-m", "audio_cnn", "analyze", stage.sound("rain.wav"), ...options]);
  const open = async (buffer) => {
    await page.goto(stage.address);
    await page.getByRole("button", { name: "Siren" }).waitFor();
    await pick(page, { name: "rain.json", mimeType: "application/json", buffer });
    await answered(page, "rain.wav");
  };
  await open(analyze());
  await page.getByText("a saved analysis without its sound").waitFor();
  await open(analyze("--with-sound"));
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
  await leave();
});

test("a saved analysis opens again, without its sound", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  const path = await download(page, async () => {
    await page.getByRole("button", { name: "Save or share" }).click();
    await page.getByRole("menuitem", { name: /The whole analysis/ }).click();
  });
  await page.goto(stage.address);
  await noMoreAsked(page);
  await page.getByRole("button", { name: "Siren" }).waitFor();
  await pick(page, path);
  await answered(page, "Siren");
  await page.getByText("a saved analysis without its sound").waitFor();
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Siren");
  assert.ok((await coloursOf(page.getByRole("img", { name: /^layer2: / }))) > 20);
  await page.getByRole("button", { name: /^layer2 .*open all/ }).click();
  await page.getByRole("dialog").getByText("computed from the sound, which is not in this").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Model" }).click();
  await page.getByRole("option", { name: /^attention/ }).click();
  await page.getByRole("alert").filter({ hasText: "The sound itself is needed" }).waitFor();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await leave();
});

test("a sound that is saved from the shelf is opened elsewhere with all it needs", async () => {
  const { page, leave } = await visit(stage);
  await bring(page, "rain.wav");
  await shelf(page);
  const path = await download(page, () => act(page, "rain.wav", /with its sound/));
  await leave();
  const other = await visit(stage);
  await noMoreAsked(other.page);
  await pick(other.page, path);
  await answered(other.page, "rain.wav");
  await other.page.getByRole("button", { name: "Play", exact: true }).click();
  await other.page.getByRole("button", { name: "Pause" }).waitFor();
  await other.leave();
});

test("what is no analysis is refused in words, and does nothing", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  const path = stage.sound("hostile.json");
  const sample = await (await fetch(`${stage.address}/api/v1/samples/siren/audio`)).arrayBuffer();
  const real = await (await fetch(`${stage.address}/api/v1/analyze`, { method: "POST", body: sample })).json();
  const alert = page.getByRole("alert").filter({ hasText: "Not a saved analysis" });
  for (const [text, why] of [
    ["[", "not the JSON of an analysis"],
    ['{"name": "package"}', "no text"],
    [JSON.stringify({ ...real, spectrogram: { ...real.spectrogram, shape: [4096, 65536] } }), "too large"],
    [JSON.stringify({ ...real, predictions: [{ ...real.predictions[0], title: { html: "<img>" } }] }), "no text"],
  ]) {
    writeFileSync(path, text);
    await pick(page, path);
    await alert.filter({ hasText: why }).waitFor();
    assert.equal(await page.locator("[data-source]").getAttribute("data-source"), "Siren");
    await page.getByRole("button", { name: "Dismiss" }).click();
    await alert.waitFor({ state: "detached" });
  }
  const strange = { ...real, resembles: "constructor", state: "unsure", sounds: [] };
  strange.predictions[0].category = "__proto__";
  strange.predictions[0].title = "<img src=x onerror=alert(1)>";
  writeFileSync(path, JSON.stringify(strange));
  await pick(page, path);
  await answered(page, "hostile");
  await page
    .getByRole("region", { name: "Answer" })
    .getByText(/comes closest to <img/)
    .waitFor();
  assert.equal(await page.locator("img[src=x]").count(), 0);
  await leave();
});

test("a file that was saved is read as it was written", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  const path = await download(page, async () => {
    await page.getByRole("button", { name: "Save or share" }).click();
    await page.getByRole("menuitem", { name: /The whole analysis/ }).click();
  });
  const saved = JSON.parse(readFileSync(path, "utf8"));
  assert.deepEqual(saved.source, { name: "Siren" });
  assert.equal(saved.predictions.length, 50);
  await leave();
});
